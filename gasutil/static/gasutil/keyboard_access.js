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
        if (element.matches("body, html") || element.querySelector("[role=button]")) return;
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

    // A menu that is opened by keyboard takes the focus; the arrows move along it, and Escape goes back to its button.
    const ARROWS = { ArrowDown: 1, ArrowUp: -1 }, FRAMES = 20;  // the menu is shown a few frames after the click
    const buttonOf = (menu) => menu.querySelector(":scope > .btn");
    const entries = (menu) => [...menu.querySelectorAll(".more-menu :is(a, button)")].filter((entry) => entry.checkVisibility());
    const enter = (menu, frames = FRAMES) => {
        const [first] = entries(menu);
        if (first) first.focus();
        else if (frames) requestAnimationFrame(() => enter(menu, frames - 1));
    };
    const move = (menu, by) => {
        const all = entries(menu), at = all.indexOf(document.activeElement);
        if (!all.length) buttonOf(menu).click();
        else all[(at < 0 && by < 0 ? all.length - 1 : at + by + all.length) % all.length].focus();
    };
    document.addEventListener("click", (event) => {
        const button = event.target.closest(".more > .btn");
        if (button && !event.detail && !entries(button.parentElement).length) enter(button.parentElement);  // a click without a mouse
    }, true);
    document.addEventListener("keydown", (event) => {
        const menu = event.target.closest?.(".more");
        if (!menu) return;
        if (event.key === "Escape" && entries(menu).length) buttonOf(menu).focus();
        if (!ARROWS[event.key]) return;
        event.preventDefault();
        move(menu, ARROWS[event.key]);
    }, true);
    document.addEventListener("htmx:load", (event) => all(event.detail.elt));
    document.addEventListener("alpine:initialized", () => setTimeout(() => all(document)));
    window.addEventListener("load", () => {
        all(document);
        // Unfold hides tabs that don't fit while the page is still narrow, and shows only one of them again at each change of its width.
        document.fonts.ready.then(() => { for (let times = 0; times < 12; times += 1) window.dispatchEvent(new Event("resize")); });
    });
})();
