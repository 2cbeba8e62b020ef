// Canned replies: a searchable list with keyboard navigation. The server fills in the variables. It is loaded when it is opened.
(() => {
    "use strict";
    const box = () => document.getElementById("canned"), button = () => document.getElementById("canned-button");
    const search = () => box().querySelector(".canned-search"), list = () => document.getElementById("canned-list");
    const shown = () => [...list().querySelectorAll("[role=option]")].filter((one) => !one.hidden);
    const textarea = () => document.querySelector("#composer textarea");
    const plain = (words) => words.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

    const open = async () => {
        box().hidden = false;
        button().ariaExpanded = "true";
        search().value = "";
        search().focus();
        if (!list().childElementCount) {
            const answer = await session.call(button().dataset.replies);
            if (answer.ok && !answer.redirected) list().innerHTML = await answer.text();  // rendered and escaped by our template
        }
        filter();
    };
    const close = (focus) => {
        if (!box() || box().hidden) return;
        box().hidden = true;
        button().ariaExpanded = "false";
        focus?.focus();
    };
    const point = (option) => {
        for (const one of list().querySelectorAll("[aria-selected=true]")) one.ariaSelected = "false";
        if (option) option.ariaSelected = "true";
        option?.scrollIntoView({ block: "nearest" });
        search().setAttribute("aria-activedescendant", option?.id ?? "");
    };
    const filter = () => {
        const words = plain(search().value).split(/\s+/).filter(Boolean), options = [...list().querySelectorAll("[role=option]")];
        for (const one of options) one.hidden = !words.every((word) => plain(one.textContent).includes(word));
        const nothing = list().querySelector("[data-nothing]");
        if (nothing) nothing.hidden = !options.length || shown().length > 0;
        point(shown()[0]);
    };
    const walk = (step) => {
        const options = shown(), at = options.findIndex((one) => one.ariaSelected === "true");
        point(options[(at + step + options.length) % options.length]);
    };
    const put = (option) => {
        if (!option) return;
        if ("internal" in option.dataset) document.getElementById("composer_internal").checked = true;
        const field = textarea();
        close(field);
        field.setRangeText(option.dataset.text, field.selectionStart, field.selectionEnd, "end");
        field.dispatchEvent(new Event("input", { bubbles: true }));
    };

    document.addEventListener("click", (event) => {
        if (!box()) return;
        if (event.target.closest("#canned-button")) return box().hidden ? open() : close(button());
        if (!event.target.closest("#canned")) return close();
        put(event.target.closest("[role=option]"));
    });
    document.addEventListener("input", (event) => { if (event.target.matches(".canned-search")) filter(); });
    document.addEventListener("keydown", (event) => {
        if (!event.target.matches?.(".canned-search")) {
            if (event.key === "/" && event.target === textarea() && button() && !textarea().value) { event.preventDefault(); open(); }
            return;
        }
        const keys = {
            ArrowDown: () => walk(1), ArrowUp: () => walk(-1), Escape: () => close(textarea()), Tab: () => close(),
            Enter: () => put(list().querySelector("[aria-selected=true]:not([hidden])")),
        };
        if (!keys[event.key]) return;
        if (event.key !== "Tab") event.preventDefault();
        keys[event.key]();
    });
})();
