// The page for callers: one key chooses a chip, Enter goes on to what is still empty, Ctrl+Enter creates the request.
// `drafts.js` stores what is typed. Without this script the page is a plain form.
(() => {
    "use strict";
    const form = () => document.getElementById("intake");
    const part = (selector) => form().querySelector(selector);
    const chosen = (name) => part(`[name="${CSS.escape(name)}"]:checked`);
    const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

    // --- The questions and the spoken text of the type ---
    const valuesOf = (name) => [...form().elements].filter((field) => field.name === name && (!isTicked(field) || field.checked)).map((field) => field.value);
    const showConditional = () => {
        for (const place of form().querySelectorAll("[data-shown-if]")) {
            const parent = part(`[name="${CSS.escape(place.dataset.shownIf)}"]`)?.closest("[data-shown-if]");
            place.hidden = !!parent?.hidden || !valuesOf(place.dataset.shownIf).includes(place.dataset.shownValue);
        }
    };
    const showType = () => {
        const code = chosen("request_type")?.value;
        for (const name of ["questions", "spoken"]) {
            const template = [...form().querySelectorAll(`template[data-part=${name}]`)].find((one) => one.dataset.type === code);
            document.getElementById(name).replaceChildren(...(template ? [template.content.cloneNode(true)] : []));
        }
        showConditional();
        speak();
    };
    /** Show the spoken text in a language: the caller's, unless the agent has chosen one. */
    const speak = () => {
        const texts = [...form().querySelectorAll("#spoken [data-language]")], codes = texts.map((text) => text.dataset.language);
        const language = [form().dataset.language, chosen("customer")?.dataset.language, part("#spoken")?.dataset.spoken, codes[0]].find((code) => codes.includes(code));
        for (const text of texts) text.hidden = text.dataset.language !== language;
        for (const button of form().querySelectorAll("[name=spoken_language]")) {
            button.closest("[hidden]")?.removeAttribute("hidden");
            button.checked = button.value === language;
        }
    };

    // --- The caller ---
    let wanted = "";  // the customer of a draft, until the search has found them
    let goesOn = false;  // Enter was pressed before the search has found anyone
    let filled = "";  // the address that came from the customer's profile
    const takeCaller = () => {
        const customer = chosen("customer"), address = part("[name=address]");
        if (address && (!address.value.trim() || address.value === filled)) {
            const known = customer?.dataset.address ?? "";
            if (address.value !== known) {
                address.value = filled = known;
                address.dispatchEvent(new Event("input", { bubbles: true }));
            }
        }
        speak();
    };
    const takeCallers = () => {
        const found = wanted && part(`[name=customer][value="${CSS.escape(wanted)}"]`);
        if (found) found.checked = true;
        wanted = "";
        takeCaller();
        if (goesOn) advance(part("[data-stop=find]"));
        goesOn = false;
    };
    const look = () => { goesOn = true; htmx.trigger("#callers", "look"); };

    // --- By keyboard ---
    const stops = () => [...form().querySelectorAll("[data-stop]")].filter((stop) => stop.checkVisibility());
    const fields = (stop) => [...stop.querySelectorAll("input, textarea, select")].filter((field) => field.name && field.name !== "customer");
    const isDone = (stop) => fields(stop).some((field) => (isTicked(field) ? field.checked && field.value : field.value.trim()));
    const entry = (stop) => fields(stop).find((field) => isTicked(field) && field.checked) ?? fields(stop)[0];
    const advance = (from) => {
        const all = stops(), next = all.slice(all.indexOf(from) + 1).find((stop) => !isDone(stop));
        (next ? entry(next) : part(".intake-end [type=submit]")).focus();
    };
    const press = (event, field) => {
        const chip = [...field.closest(".intake-chips").querySelectorAll("input")].find((one) => one.dataset.chipKey === event.key.toLowerCase());
        if (!chip) return false;
        chip.checked = chip.type === "radio" || !chip.checked;
        chip.focus();
        chip.dispatchEvent(new Event("input", { bubbles: true }));
        chip.dispatchEvent(new Event("change", { bubbles: true }));
        if (chip.type === "radio" && chip.closest("[data-stop]")) advance(chip.closest("[data-stop]"));
        return true;
    };
    const enter = (event) => {
        if (event.target.matches("button, a, summary") || event.shiftKey) return false;
        const stop = event.target.closest("[data-stop]");
        if (event.target.name === "description") return false;  // a text of several lines
        if (event.target.name === "q") look();
        else if (stop) advance(stop);
        return true;
    };
    const handleKey = (event) => {
        if (event.isComposing || event.altKey) return false;
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            form().requestSubmit();
            return true;
        }
        if (event.ctrlKey || event.metaKey) return false;
        if (event.key === "Enter") return enter(event);
        return Boolean(event.target.dataset?.chipKey) && press(event, event.target);
    };

    // --- Failures stay on the page, with what was typed ---
    const fail = (text) => {
        part("[data-failure]")?.remove();
        if (!text) return;
        const notice = Object.assign(document.createElement("p"), { className: "notice notice-bad", role: "alert", textContent: text });
        notice.dataset.failure = "";
        part(".intake-end").before(notice);
        notice.scrollIntoView({ block: "nearest" });
    };
    for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
        document.addEventListener(name, (event) => {
            if (event.detail.elt === form() && form()) fail(session.failure(event.detail.xhr.status, event.detail.xhr.responseText));
        });
    }
    document.addEventListener("htmx:beforeRequest", (event) => {
        if (!form() || event.detail.elt !== form()) return;
        fail("");
        history.replaceState({ ...history.state, once: part("[name=once]").value }, "");
    });
    /** After going back, a form that is sent again has the token that it was sent with. */
    const takeToken = () => {
        const hasDraft = part("[data-draft-note]")?.hidden === false;
        if (history.state?.once && !hasDraft) part("[name=once]").value = history.state.once;
    };

    document.addEventListener("htmx:afterSwap", (event) => {
        if (!form()) return;
        if (event.detail.target?.id === "callers") takeCallers();
        else if (event.detail.target?.id === "intake") {  // with what is wrong
            showConditional();
            speak();
            (part(".errors :is(input:not(.sr-only), textarea), .errors input") ?? part("[role=alert]"))?.focus();
        }
    });
    document.addEventListener("keydown", (event) => {
        if (!form()?.contains(event.target) || !handleKey(event)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
    }, true);
    document.addEventListener("change", (event) => {
        if (!form()?.contains(event.target)) return;
        if (event.target.name === "request_type") showType();
        if (event.target.name === "customer") takeCaller();
        if (event.target.name === "spoken_language") {
            form().dataset.language = event.target.value;
            speak();
        }
        showConditional();
    });
    document.addEventListener("desk:draft", (event) => {
        if (event.target !== form()) return;
        showType();
        event.detail.fill();
        showConditional();
        wanted = event.detail.fields.customer?.[0] ?? "";
        form().dataset.language = event.detail.fields.spoken_language?.[0] ?? "";
        speak();
        if (part("[name=q]").value.trim()) htmx.trigger("#callers", "look");
        part("[name=address]").dispatchEvent(new Event("input", { bubbles: true }));
    });
    document.addEventListener("click", (event) => {
        if (!event.target.closest("[data-draft-discard]") || !form()?.contains(event.target)) return;
        form().reset();
        form().dataset.language = "";
        showType();
        part("[name=q]").focus();
    });
    document.addEventListener("DOMContentLoaded", () => {
        if (!form()) return;
        takeToken();
        if (chosen("request_type") && !part("#questions").childElementCount) showType();  // the browser has kept the choice
        showConditional();
        speak();
    });
    window.addEventListener("load", () => { if (form()) setTimeout(() => part("[name=q]").focus()); });  // nothing can get the focus before the page is shown
})();
