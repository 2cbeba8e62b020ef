// What somebody writes is kept as a draft until it is sent; files are shown as they are chosen, and can be dropped or pasted.
(() => {
    "use strict";
    const OLDEST = 14 * 24 * 60 * 60 * 1000;  // milliseconds that a draft is kept
    const composer = () => document.querySelector("#composer[data-draft]");
    const textarea = () => composer()?.querySelector("textarea");
    const mode = (form) => form.querySelector("input[name=is_internal]:checked")?.value ?? "";

    // --- The draft ---
    const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
    const forget = (key) => localStorage.removeItem(key);
    const keep = () => {
        const form = composer(), text = textarea()?.value ?? "";
        if (!form) return;
        if (!text.trim()) return forget(form.dataset.draft);
        try {
            localStorage.setItem(form.dataset.draft, JSON.stringify({ text, internal: mode(form), at: Date.now() }));
        } catch { /* the browser's store is full or forbidden: then there is no draft */ }
    };
    const restore = () => {
        const form = composer(), draft = form && read(form.dataset.draft);
        if (!draft?.text || textarea().value) return;
        textarea().value = draft.text;
        const radio = [...form.querySelectorAll("input[name=is_internal]")].find((one) => one.value === draft.internal);
        if (radio) radio.checked = true;
        const note = form.querySelector("[data-draft-note]"), at = new Date(draft.at);
        note.querySelector("time").textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short", hour12: false });
        note.hidden = false;
    };
    const sweep = () => {
        for (const key of Object.keys(localStorage).filter((name) => name.startsWith("draft:"))) {
            if (!(read(key)?.at > Date.now() - OLDEST)) forget(key);
        }
    };

    // --- Its files ---
    const input = () => document.getElementById("composer_attachments");
    const choose = (files) => {
        const chosen = new DataTransfer();
        for (const file of files) chosen.items.add(file);
        input().files = chosen.files;
        show();
    };
    const size = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
    const show = () => {
        const list = composer()?.querySelector("[data-chosen]");
        list?.replaceChildren(...[...input().files].map((file) => {
            const item = document.createElement("li"), name = document.createElement("span"), remove = document.createElement("button");
            name.textContent = `${file.name}, ${size(file.size)}`;
            remove.type = "button";
            remove.textContent = "×";
            remove.ariaLabel = `${list.dataset.remove}: ${file.name}`;
            remove.addEventListener("click", () => { choose([...input().files].filter((one) => one !== file)); input().focus(); });
            item.append(name, remove);
            return item;
        }));
        tell(refusal());
    };
    const inMegabytes = (bytes) => Math.floor(bytes / 1048576);
    const refusal = () => {
        const { largest, most } = input().dataset, files = [...input().files];
        if (files.length > most) return interpolate(gettext("Files that can be sent at once: %(number)s."), { number: most }, true);
        const names = files.filter((file) => file.size > largest).map((file) => file.name).join(", ");
        return names && interpolate(gettext("%(names)s: a file has %(size)s MiB at most."), { names, size: inMegabytes(largest) }, true);
    };
    const tell = (text) => {  // why it was not sent; words and files stay
        composer().querySelector("[data-refusal]")?.remove();
        if (!text) return;
        const notice = Object.assign(document.createElement("p"), { className: "notice notice-bad", role: "alert", textContent: text });
        notice.dataset.refusal = "";
        composer().querySelector(".composer-foot").before(notice);
    };
    const failure = (status) => {
        if (status === 401) return gettext("You are no longer logged in. Load this page anew and log in: your words are kept as a draft.");
        if (status === 413) return gettext("This is more than can be sent at once. Send fewer files, or smaller ones.");
        return gettext("This could not be sent. Your words and files are still here: try again.");
    };
    const take = (event, files) => {
        if (!files?.length || !event.target.closest?.("#composer[data-draft]")) return;
        event.preventDefault();
        choose([...input().files, ...files]);
    };

    document.addEventListener("input", (event) => { if (composer()?.contains(event.target)) keep(); });
    document.addEventListener("change", (event) => {
        if (composer()?.contains(event.target)) keep();
        if (event.target !== input()) return;
        event.stopPropagation();  // Unfold would look for a text field beside it, which only its own file fields have
        show();
    }, true);
    document.addEventListener("click", (event) => {
        if (!event.target.closest("[data-draft-discard]")) return;
        textarea().value = "";
        forget(composer().dataset.draft);
        composer().querySelector("[data-draft-note]").hidden = true;
        textarea().focus();
    });
    document.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("#composer textarea")) event.target.form.requestSubmit();
    });
    document.addEventListener("paste", (event) => take(event, event.clipboardData?.files));
    document.addEventListener("dragover", (event) => { if (event.target.closest?.("#composer[data-draft]")) event.preventDefault(); });
    document.addEventListener("drop", (event) => take(event, event.dataTransfer?.files));
    document.addEventListener("htmx:beforeOnLoad", (event) => {  // sent, and the page is about to be loaded anew
        if (event.detail.elt === composer() && event.detail.xhr.getResponseHeader("HX-Redirect")) forget(composer().dataset.draft);
    });
    document.addEventListener("htmx:beforeRequest", (event) => {
        if (event.detail.elt !== composer()) return;
        tell(refusal());
        if (refusal()) event.preventDefault();
    });
    for (const name of ["htmx:responseError", "htmx:sendError"]) {  // a server that has heard enough may hang up before it is heard
        document.addEventListener(name, (event) => { if (event.detail.elt === composer()) tell(failure(event.detail.xhr.status)); });
    }
    document.addEventListener("htmx:afterSettle", () => { if (composer()) { show(); restore(); } });
    document.addEventListener("DOMContentLoaded", () => { sweep(); restore(); });

    // The button at the top leads to the words.
    document.addEventListener("click", (event) => {
        const field = document.getElementById(event.target.closest("[data-focus]")?.dataset.focus);
        field?.focus({ preventScroll: true });
        field?.form.scrollIntoView({ block: "center" });
    });

    // A number is copied by pressing it.
    document.addEventListener("click", async (event) => {
        const button = event.target.closest("[data-copy]");
        if (!button) return;
        await (navigator.clipboard?.writeText(button.dataset.copy) ?? Promise.reject()).catch(() => {  // no clipboard without https
            const field = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: button.dataset.copy }));
            field.select();
            document.execCommand("copy");
            field.remove();
        });
        button.dataset.done = button.dataset.copied;
        setTimeout(() => delete button.dataset.done, 1500);
    });
})();
