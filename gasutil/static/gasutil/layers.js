// A modal dialog makes the rest of the page inert. What must be seen and used at any time moves into it, and back when it closes.
(() => {
    "use strict";
    const MOVED = "#emergency-alarms, #toasts, #not-live, .session-notice";
    const place = () => {
        const host = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
        for (const element of document.querySelectorAll(MOVED)) if (element.parentElement !== host) host.append(element);
    };
    document.addEventListener("DOMContentLoaded", () => {
        new MutationObserver(place).observe(document.body, { attributeFilter: ["open"], childList: true, subtree: true });
    });
})();
