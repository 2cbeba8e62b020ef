// Passkeys: a button with `data-passkey-use` signs a challenge, one with `data-passkey-create` creates a passkey. What the browser returns
// is sent in a hidden field with the form of the button. Without this script, or without passkeys in the browser, codes work.
(() => {
    "use strict";
    const BUTTONS = "[data-passkey-use], [data-passkey-create]";
    const decode = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    const descriptors = (list = []) => list.map((descriptor) => ({ ...descriptor, id: decode(descriptor.id) }));

    /** Return a credential as the server reads it. */
    const serialize = (credential) => {
        const { response } = credential, sent = {};
        for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
            if (response[name]) sent[name] = encode(response[name]);
        }
        if (response.getTransports) sent.transports = response.getTransports();
        return JSON.stringify({ id: credential.id, rawId: encode(credential.rawId), type: credential.type, response: sent });
    };

    const create = (options) => navigator.credentials.create({
        publicKey: {
            ...options,
            challenge: decode(options.challenge),
            user: { ...options.user, id: decode(options.user.id) },
            excludeCredentials: descriptors(options.excludeCredentials),
        },
    });
    const use = (options) => navigator.credentials.get({
        publicKey: { ...options, challenge: decode(options.challenge), allowCredentials: descriptors(options.allowCredentials) },
    });
    const optionsOf = async (button) => {
        const token = button.form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value;
        const response = await fetch(button.dataset.passkeyUse, { method: "POST", headers: { "X-CSRFToken": token ?? "" } });
        if (!response.ok) throw new Error(response.status);
        return response.json();
    };

    const message = (error, isNew) => {
        if (error.name === "InvalidStateError") return gettext("This device already has a passkey for your account.");
        if (error.name === "NotAllowedError" && !isNew) return gettext("No passkey was used. Try again, or enter a code.");
        if (isNew) return gettext("No passkey was created. Try again.");
        return gettext("The passkey can't be used now. Reload the page, or enter a code.");
    };
    const show = (button, text) => {
        button.parentElement.querySelector("[data-passkey-error]")?.remove();
        if (!text) return;
        const notice = Object.assign(document.createElement("p"), { className: "notice notice-bad", role: "alert", textContent: text });
        notice.dataset.passkeyError = "";
        button.before(notice);
    };
    const send = (button, credential) => {
        const field = Object.assign(document.createElement("input"), { type: "hidden", name: button.dataset.passkeyField, value: serialize(credential) });
        const code = button.form.querySelector("[autocomplete=one-time-code]");
        if (code) code.required = false;
        button.form.querySelector(`[name=${field.name}]`)?.remove();  // of an earlier attempt
        button.form.append(field);
        button.form.requestSubmit();
    };
    const run = async (button) => {
        const isNew = "passkeyCreate" in button.dataset;
        button.disabled = true;
        show(button, "");
        try {
            send(button, isNew ? await create(JSON.parse(button.dataset.passkeyCreate)) : await use(await optionsOf(button)));
        } catch (error) {
            show(button, message(error, isNew));
        }
        button.disabled = false;
    };

    const reveal = () => {
        if (!window.PublicKeyCredential) return;
        for (const element of document.querySelectorAll(`:is(${BUTTONS}, [data-passkey-form])[hidden]`)) element.hidden = false;
    };
    document.addEventListener("click", (event) => {
        const button = event.target.closest?.(BUTTONS);
        if (button) run(button);
    });
    document.addEventListener("DOMContentLoaded", reveal);
    document.addEventListener("htmx:afterSwap", reveal);
})();
