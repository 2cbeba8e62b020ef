// Stores the text of a form with `data-draft` in the browser until it is sent, so that leaving the page or logging out loses nothing.
(() => {
    "use strict";
    const OLDEST = 14 * 24 * 60 * 60 * 1000;  // milliseconds after which a draft is deleted
    const REOPEN = "reopen";
    const NOT_KEPT = ["hidden", "password", "file", "submit", "button"];
    const fields = (form) => [...form.elements].filter((field) => field.name && !NOT_KEPT.includes(field.type) && field.autocomplete !== "one-time-code");
    const isText = (field) => field.matches("textarea, input:not([type=checkbox], [type=radio])");
    const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
    const hasText = (form) => fields(form).some((field) => (isText(field) && !field.hidden && field.value.trim()) || (field.matches("[data-draft-keep]") && field.checked));

    // --- The store ---
    const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
    const forget = (form) => localStorage.removeItem(form.dataset.draft);
    const values = (form) => {
        const stored = {};
        for (const field of fields(form)) {
            stored[field.name] ??= [];
            if (isTicked(field) ? field.checked : true) stored[field.name].push(...(field.multiple ? [...field.selectedOptions].map((one) => one.value) : [field.value]));
        }
        return stored;
    };
    const keep = (form) => {
        if (!hasText(form)) return forget(form);
        try {
            localStorage.setItem(form.dataset.draft, JSON.stringify({ fields: values(form), at: Date.now() }));
        } catch { /* the browser's storage is full or forbidden: no draft */ }
    };
    const sweep = () => {
        for (const key of Object.keys(localStorage).filter((name) => name.startsWith("draft:"))) {
            if (!(read(key)?.at > Date.now() - OLDEST)) localStorage.removeItem(key);
        }
    };

    // --- Back into the form ---
    const fill = (form, stored) => {
        const preset = new URLSearchParams((form.getAttribute("hx-post") ?? "").split("?")[1]);  // the button's choice, such as a milestone
        for (const field of fields(form).filter(({ name }) => !preset.has(name))) {
            const set = stored[field.name];
            if (!set) continue;
            if (isTicked(field)) field.checked = set.includes(field.value);
            else if (field.multiple) for (const option of field.options) option.selected = set.includes(option.value);
            else [field.value] = set;
        }
    };
    const restore = (form) => {
        const draft = read(form.dataset.draft);
        const stored = draft?.fields ?? (draft?.text && { notes: [draft.text], is_internal: [draft.internal] });  // the format of earlier releases
        if (!stored) return;
        fill(form, stored);
        const note = form.querySelector("[data-draft-note]");
        note.querySelector("time").textContent = new Date(draft.at).toLocaleString(document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang, { dateStyle: "medium", timeStyle: "short", hour12: false });
        note.hidden = false;
        form.dispatchEvent(new CustomEvent("desk:draft", { bubbles: true, detail: { fields: stored, fill: () => fill(form, stored) } }));  // for fields that are shown later
    };
    const discard = (form) => {
        forget(form);
        for (const field of fields(form).filter(isText)) field.value = field.defaultValue;  // an internal note stays internal
        form.querySelector("[data-draft-note]").hidden = true;
        fields(form).find(isText)?.focus();
    };

    // --- Reopen after the login a dialog that was open when the session ended ---
    const dialog = () => document.querySelector("#modal-content form[data-draft]");
    const remember = () => {
        const form = dialog();
        if (!session.hasEnded() || !form?.checkVisibility() || !hasText(form)) return;
        sessionStorage.setItem(REOPEN, JSON.stringify({ page: location.pathname, dialog: form.getAttribute("hx-post") }));
    };
    const reopen = async () => {
        const { page, dialog } = JSON.parse(sessionStorage.getItem(REOPEN));
        sessionStorage.removeItem(REOPEN);
        if (page !== location.pathname) return;
        await htmx.ajax("GET", dialog, { target: "#modal-content", select: "#dialog" });
    };

    const formOf = (target) => target.closest?.("form[data-draft]");
    for (const name of ["input", "change"]) document.addEventListener(name, (event) => { if (formOf(event.target)) keep(formOf(event.target)); });
    document.addEventListener("click", (event) => {
        if (event.target.closest("[data-draft-discard]")) discard(formOf(event.target));
        if (event.target.closest("[data-draft-forget]")) forget(formOf(event.target) ?? dialog());
    });
    document.addEventListener("htmx:beforeOnLoad", (event) => {  // sent, and the page is about to be loaded again
        if (event.detail.xhr.getResponseHeader("HX-Redirect") && event.detail.elt.matches("form[data-draft]")) forget(event.detail.elt);
    });
    document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "modal-content" && dialog()) restore(dialog()); });
    document.addEventListener("DOMContentLoaded", () => {
        sweep();
        document.querySelectorAll("form[data-draft]").forEach(restore);
    });
    window.addEventListener("load", () => { if (session.user() && sessionStorage.getItem(REOPEN)) reopen(); });
    window.addEventListener("pagehide", remember);
})();
