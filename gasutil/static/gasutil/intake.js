// Shows a conditional question only while its condition is met.
(() => {
    "use strict";
    const form = () => document.querySelector(".intake-form");
    const valuesOf = (name) => [...form().elements].filter((one) => one.name === name && (one.type !== "checkbox" || one.checked)).map((one) => one.value);
    const show = () => {
        for (const place of form().querySelectorAll("[data-shown-if]")) {
            const parent = form().querySelector(`[name="${place.dataset.shownIf}"]`)?.closest("[data-shown-if]");
            place.hidden = !!parent?.hidden || !valuesOf(place.dataset.shownIf).includes(place.dataset.shownValue);
        }
    };
    document.addEventListener("DOMContentLoaded", () => {
        if (!form()) return;
        form().addEventListener("change", show);
        show();
    });
})();
