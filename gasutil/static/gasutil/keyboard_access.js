// Unfold puts click handlers on plain elements: this makes them reachable by keyboard, and names them for screen readers.
(() => {
    "use strict";
    const CLICKED = "[x-on\\:click]:not(button, input, select, textarea, a[href], summary, label, form)";
    const words = (element) => [...element.childNodes]
        .filter((node) => !node.classList?.contains("material-symbols-outlined")).map((node) => node.textContent).join("").trim();
    const icon = (element) => (element.matches(".material-symbols-outlined") ? element : element.querySelector(".material-symbols-outlined"))?.textContent.trim();
    const LABELS = { close: () => gettext("Close"), dock_to_right: () => gettext("Menu"), filter_list: () => gettext("Filters"), more_vert: () => gettext("More"),
        expand_more: () => gettext("More"), chevron_right: () => gettext("More"), light_mode: () => gettext("Theme"),
        dark_mode: () => gettext("Theme"), computer: () => gettext("Theme") };

    const reach = (element) => {
        if (element.matches("#modal-content, body, html") || element.querySelector("[role=button]")) return;
        element.tabIndex = 0;
        if (!element.hasAttribute("role") && !element.querySelector("a, button, input, select")) element.setAttribute("role", "button");
        if (!words(element) && !element.ariaLabel && !element.title) element.ariaLabel = LABELS[icon(element)]?.() ?? icon(element);
    };
    const all = (root) => {
        for (const element of root.querySelectorAll(CLICKED)) reach(element);
        // Unfold's scrollbars create regions that all have the same name.
        for (const element of root.querySelectorAll(".simplebar-content-wrapper[role=region]")) element.setAttribute("role", "group");
    };
    document.addEventListener("keydown", (event) => {
        if ((event.key !== "Enter" && event.key !== " ") || event.target !== document.activeElement || !event.target.matches(CLICKED)) return;
        event.preventDefault();
        event.target.click();
    });
    document.addEventListener("htmx:load", (event) => all(event.detail.elt));
    document.addEventListener("alpine:initialized", () => setTimeout(() => all(document)));
    window.addEventListener("load", () => {
        all(document);
        // Unfold hides tabs that don't fit while the page is still narrow, and shows only one of them again at each change of its width.
        document.fonts.ready.then(() => { for (let times = 0; times < 12; times += 1) window.dispatchEvent(new Event("resize")); });
    });
})();
