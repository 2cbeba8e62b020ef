// Django's script counts what is ticked; it has to be told when the queue has been loaded anew. A form that does something is sent once.
(() => {
    "use strict";
    document.addEventListener("htmx:afterSettle", () => {
        const list = document.querySelector(".result-list-wrapper");
        const boxes = list?.querySelectorAll("tr input.action-select") ?? [];
        const body = list?.querySelector("#result_list tbody");
        if (!window.Actions || !boxes.length || !body || body.dataset.counted) return;
        body.dataset.counted = "yes";
        window.Actions(boxes, { parent: list });
    });

    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (!form.matches("form[data-once]")) return;
        if (form.dataset.sent) event.preventDefault();
        form.dataset.sent = "yes";
    });
    window.addEventListener("pageshow", () => document.querySelectorAll("form[data-once]").forEach((form) => delete form.dataset.sent));
})();
