// Dialogs are native and modal. One opens at the click, before the server has sent its form: keys that are typed in that time are
// kept for its first text field, and act on nothing behind it. `drafts.js` stores the text.
(() => {
    "use strict";
    const FIELDS = ":is(input, select, textarea):not([type=hidden], [tabindex='-1'], :disabled)";
    const modal = () => document.getElementById("modal");
    const content = () => document.getElementById("modal-content");
    const waiting = () => content().querySelector(".dialog-waiting textarea");
    let opener = null, typed = "";

    // --- Open and close ---
    const wait = (element) => {
        opener = element;
        content().innerHTML = `<div class="dialog-waiting"><span class="material-symbols-outlined dialog-busy" aria-hidden="true">progress_activity</span><textarea aria-label="${gettext("Loading")}"></textarea></div>`;
        if (!modal().open) modal().showModal();
        waiting().focus();
    };
    const isText = (field) => field.matches("textarea, input:not([type=checkbox], [type=radio])");
    const focusFirst = () => {
        const fields = [...content().querySelectorAll(`#dialog-form ${FIELDS}`)].filter((field) => field.type !== "radio" || field.checked);
        const first = fields.find((field) => field.closest(".errors")) ?? fields[0];
        const text = typed && (first && isText(first) ? first : fields.find(isText));
        if (text) {
            text.value += typed;
            text.dispatchEvent(new Event("input", { bubbles: true }));
        }
        (text || first || content().querySelector("[type=submit], button"))?.focus();
        if (text) text.setSelectionRange(text.value.length, text.value.length);
        typed = "";
    };
    const isUntouched = () => ![...content().querySelectorAll("textarea, input")].some((field) => isText(field) && field.type !== "hidden" && field.value.trim() && field.value !== field.defaultValue);
    const close = () => modal().close();

    const isForm = (detail) => detail.target === content();
    document.addEventListener("htmx:beforeRequest", (event) => {
        if (isForm(event.detail)) wait(event.detail.elt);
        else if (event.detail.elt.closest("#modal")) fail("");
    });
    document.addEventListener("htmx:beforeSwap", (event) => { if (isForm(event.detail)) typed = waiting()?.value ?? ""; });
    document.addEventListener("htmx:afterSwap", (event) => {
        if (isForm(event.detail) && !modal().open) content().replaceChildren();  // Escape came before the form
        else if (isForm(event.detail) || event.detail.elt.closest("#modal")) focusFirst();
    });
    document.addEventListener("htmx:afterRequest", (event) => { if (isForm(event.detail) && waiting() && modal().open) close(); });  // there is no form

    // --- Failures stay in the dialog, with the text ---
    const fail = (text) => {
        content().querySelector("[data-failure]")?.remove();
        if (!text) return;
        const notice = Object.assign(document.createElement("p"), { className: "notice notice-bad", role: "alert", textContent: text });
        notice.dataset.failure = "";
        content().querySelector(".dialog-end").before(notice);
        notice.scrollIntoView({ block: "nearest" });
    };
    for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
        document.addEventListener(name, (event) => {
            if (!isForm(event.detail) && event.detail.elt.closest("#modal")) fail(session.failure(event.detail.xhr.status, event.detail.xhr.responseText));
        });
    }

    document.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && event.target.closest?.("#modal form")) event.target.form?.requestSubmit();
    });
    document.addEventListener("click", (event) => { if (event.target.closest("[data-dialog-close]")) close(); });

    document.addEventListener("DOMContentLoaded", () => {
        if (!modal()) return;
        let wasOutside = false;  // a selection of text may end outside the dialog
        modal().addEventListener("pointerdown", (event) => { wasOutside = event.target === modal(); });
        modal().addEventListener("click", (event) => { if (event.target === modal() && wasOutside && isUntouched()) close(); });
        modal().addEventListener("close", () => {
            content().replaceChildren();
            if (opener?.isConnected && !opener.checkVisibility()) opener.closest(".more")?.querySelector("button").focus();  // the menu has closed as well
        });
    });
})();
