// The global search: `/` and Ctrl+K open it, the arrows move along the results, Enter opens one, Escape returns the focus.
(() => {
    "use strict";
    const dialog = () => document.getElementById("search");
    const input = () => document.getElementById("search-input");
    const found = () => document.getElementById("search-found");
    const options = () => [...found().querySelectorAll("[role=option]")];
    const current = () => found().querySelector("[aria-selected=true]");
    let shown = "";  // the text that the shown results belong to

    const isTyped = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && target.type !== "checkbox";
    const hasDialog = () => document.querySelector("dialog[open]") !== null;
    const open = () => {
        if (!dialog() || hasDialog()) return;
        dialog().showModal();
        input().focus();
        input().select();
        expand();
    };
    const expand = () => input().setAttribute("aria-expanded", String(options().length > 0));
    const select = (option, { isShown = false } = {}) => {
        current()?.setAttribute("aria-selected", "false");
        option?.setAttribute("aria-selected", "true");
        if (!isShown) option?.scrollIntoView({ block: "nearest" });
        if (option) input().setAttribute("aria-activedescendant", option.id);
        else input().removeAttribute("aria-activedescendant");
    };
    const move = (by) => {
        const all = options(), at = all.indexOf(current());
        if (all.length) select(all[(at + by + all.length) % all.length]);
    };
    const go = (isNewTab) => {
        const option = shown === input().value ? current() : null;
        if (!option) return input().form.requestSubmit();  // Enter came before the results: the search page shows them
        if (isNewTab) return window.open(option.href, "_blank", "noopener");
        location.href = option.href;
        return dialog().close();
    };

    // Before the page's other shortcuts, which include Unfold's own for the search box of a list.
    window.addEventListener("keydown", (event) => {
        const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && (event.key.toLowerCase() === "k" || event.code === "KeyK");
        const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyped(event.target);
        if (!dialog() || !isCommand && !isSlash || hasDialog() && !dialog().open) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        open();
    }, { capture: true });

    const KEYS = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: (event) => go(event.ctrlKey || event.metaKey) };
    document.addEventListener("DOMContentLoaded", () => {
        document.getElementById("search-open")?.addEventListener("click", (event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            open();
        });
        if (!dialog()) return;
        input().addEventListener("keydown", (event) => {
            const act = event.isComposing ? null : KEYS[event.key];
            if (!act) return;
            event.preventDefault();
            act(event);
        });
        dialog().addEventListener("click", (event) => { if (event.target === dialog() || event.target.closest(".search-close")) dialog().close(); });
        found().addEventListener("mousemove", (event) => {
            const option = event.target.closest("[role=option]");
            if (option && option !== current()) select(option, { isShown: true });
        });
        found().addEventListener("htmx:afterSwap", () => {
            shown = found().firstElementChild.dataset.query;
            found().scrollTop = 0;
            select(options()[0]);
            expand();
            const number = Number(found().firstElementChild.dataset.number);
            document.getElementById("search-status").textContent = interpolate(ngettext("%s result", "%s results", number), [number]);
        });
        // The error is shown on the page, which the dialog would cover.
        for (const name of ["htmx:responseError", "htmx:sendError"]) input().addEventListener(name, () => dialog().close());
        input().addEventListener("htmx:beforeOnLoad", (event) => { if (event.detail.xhr.status === 401) dialog().close(); });
    });
})();
