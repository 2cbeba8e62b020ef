// Restarts Django's counter of selected rows after the queue has been reloaded, and submits a form only once.
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
    window.addEventListener("pageshow", () => {
        for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
    });
})();
