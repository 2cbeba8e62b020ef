// The composer of a ticket: shows the chosen files, which can also be dropped or pasted. `drafts.js` stores the text.
(() => {
    "use strict";
    const COMPOSER = "#composer:has(#composer_attachments)";
    const composer = () => document.querySelector(COMPOSER);

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
        if (files.length > most) return interpolate(gettext("You can attach at most %(number)s files."), { number: most }, true);
        const names = files.filter((file) => file.size > largest).map((file) => file.name).join(", ");
        return names && interpolate(gettext("%(names)s: the limit is %(size)s MiB per file."), { names, size: inMegabytes(largest) }, true);
    };
    const tell = (text) => {  // the reason why it was not sent; text and files stay
        composer().querySelector("[data-refusal]")?.remove();
        if (!text) return;
        const notice = Object.assign(document.createElement("p"), { className: "notice notice-bad", role: "alert", textContent: text });
        notice.dataset.refusal = "";
        composer().querySelector(".composer-foot").before(notice);
    };
    const failure = (status) => {
        if (status === 401) return gettext("You are logged out. Reload this page and log in. Your text is saved as a draft.");
        if (status === 413) return gettext("This message is too large. Attach fewer or smaller files.");
        return gettext("Message not sent. Your text and files are still here. Try again.");
    };
    const take = (event, files) => {
        if (!files?.length || !event.target.closest?.(COMPOSER)) return;
        event.preventDefault();
        choose([...input().files, ...files]);
    };

    document.addEventListener("change", (event) => {
        if (event.target !== input()) return;
        event.stopPropagation();  // Unfold's handler expects a text field next to it, which only its own file fields have
        show();
    }, true);
    document.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("#composer textarea")) event.target.form.requestSubmit();
    });
    document.addEventListener("paste", (event) => take(event, event.clipboardData?.files));
    document.addEventListener("dragover", (event) => { if (event.target.closest?.(COMPOSER)) event.preventDefault(); });
    document.addEventListener("drop", (event) => take(event, event.dataTransfer?.files));
    document.addEventListener("htmx:beforeRequest", (event) => {
        if (event.detail.elt !== composer()) return;
        tell(refusal());
        if (refusal()) event.preventDefault();
    });
    for (const name of ["htmx:responseError", "htmx:sendError"]) {  // a server that rejects a large body may close the connection before the response arrives
        document.addEventListener(name, (event) => { if (event.detail.elt === composer()) tell(failure(event.detail.xhr.status)); });
    }
    document.addEventListener("htmx:afterSettle", () => { if (composer()) show(); });

    // The button at the top moves the focus to the text.
    document.addEventListener("click", (event) => {
        const field = document.getElementById(event.target.closest("[data-focus]")?.dataset.focus);
        field?.focus({ preventScroll: true });
        field?.form.scrollIntoView({ block: "center" });
    });

    // A click on a number copies it.
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
