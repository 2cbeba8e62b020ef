// When the session has ended, a notice above the page links to the login. The typed text stays; `drafts.js` stores it beyond the page.
// biome-ignore lint/correctness/noUnusedVariables: other scripts use it
const session = (() => {
    "use strict";
    const user = () => document.querySelector("meta[name=desk-user]")?.content ?? "";
    /** Return an address that the page has; the number of a request replaces its 0. */
    const url = (name, pk = 0) => document.querySelector("meta[name=desk-urls]")?.dataset[name].replace(/\b0\b/, pk);
    const headers = () => ({ "HX-Request": "true", "HX-Current-URL": location.href, "Desk-User": user() });
    const tokens = () => document.querySelectorAll("input[name=csrfmiddlewaretoken]");
    const shown = () => document.querySelector(".session-notice");
    let hasEnded = false;

    const renew = (token) => { for (const input of tokens()) input.value = token; };
    const notice = (html) => new DOMParser().parseFromString(html, "text/html").querySelector(".session-notice");
    const show = (fresh) => {
        hasEnded = fresh.dataset.state !== "renewed";
        if (shown()?.dataset.state === fresh.dataset.state) return;  // announced once, not at every call
        shown()?.remove();
        document.body.prepend(document.adoptNode(fresh));
    };
    const clear = () => { hasEnded = false; shown()?.remove(); };

    /** Show the notice in a response about the session; return whether there is one. */
    const showState = (status, html, { isQuiet = false } = {}) => {
        const fresh = status === 401 || status === 403 ? notice(html) : null;
        if (fresh?.dataset.token) renew(fresh.dataset.token);
        if (fresh && !(isQuiet && fresh.dataset.token)) show(fresh);
        if (status < 400) clear();
        return fresh !== null;
    };

    /** Call the console as htmx does. An outdated CSRF token is replaced: the next call has the new one. */
    const call = async (address, options = {}) => {
        const response = await fetch(address, { ...options, headers: { ...headers(), ...options.headers } });
        showState(response.status, response.ok ? "" : await response.clone().text(), { isQuiet: true });
        return response;
    };
    const check = async () => {
        if (!url("session")) return;  // the user is not logged in
        const response = await call(url("session")).catch(() => null);
        if (response?.ok) renew(await response.text());
    };

    /** Return why a form was not sent; a status of 0 means that no response came. */
    const failure = (status, html) => {
        if (!status) return navigator.onLine ? gettext("The server can't be reached. Your text is still here. Try again in a moment.") : gettext("You are offline. Your text is still here. Try again when you are connected.");
        const text = new DOMParser().parseFromString(html, "text/html").querySelector("[data-refusal-text]")?.textContent.trim();
        return text || gettext("The server reported an error. Your text is still here. Check the request before you try again.");
    };

    const asksByItself = (element) => element.matches("[hx-trigger*='every ']");
    document.addEventListener("htmx:configRequest", (event) => {
        const isBackground = asksByItself(event.detail.elt);  // such calls do not extend the session
        Object.assign(event.detail.headers, { "Desk-User": user() }, isBackground ? { "Desk-Background": "1" } : {});
    });
    document.addEventListener("htmx:beforeRequest", (event) => {  // background calls wait until a user is logged in again
        if (hasEnded && asksByItself(event.detail.elt)) event.preventDefault();
    });
    document.addEventListener("htmx:beforeOnLoad", (event) => {
        const { status, responseText } = event.detail.xhr;
        if (showState(status, status < 400 ? "" : responseText)) event.preventDefault();
    });
    const fail = (event) => {
        if (!event.detail.elt.closest("#composer, #modal, #intake, [hx-trigger*='every ']")) desk.toast(gettext("The action failed. Try again in a moment."), { grave: true });
    };
    for (const name of ["htmx:responseError", "htmx:sendError"]) document.addEventListener(name, fail);
    document.addEventListener("visibilitychange", () => { if (hasEnded && !document.hidden) check(); });  // the user returns from the login's tab
    return { user, url, call, check, failure, hasEnded: () => hasEnded };
})();
