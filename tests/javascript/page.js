// A page of the console in jsdom, with scripts of ours. The browser's parts that jsdom lacks, the server and the clock are replaced here.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const STATIC = new URL("../../gasutil/static/gasutil/", import.meta.url);
const source = (name) => readFileSync(new URL(`${name}.js`, STATIC), "utf8");

/** What `admin/base.html` tells scripts: the user, and addresses unlike the real ones, so that a script can't know them. */
export const HEAD = `<meta name="desk-user" content="7">
    <meta name="desk-urls" data-front="/desk/" data-session="/desk/session/" data-events="/stream/" data-queue="/desk/requests/"
        data-mine="/desk/requests/?view=mine" data-ticket="/desk/requests/0/" data-assign="/desk/requests/0/assign/"
        data-live="/desk/live/" data-take="/desk/requests/0/take/" data-emergencies="/desk/requests/?view=emergencies">`;

/** Fill placeholders as the function of Django's JavaScript catalogue does. */
const interpolate = (text, values, isNamed) => (isNamed
    ? text.replace(/%\((\w+)\)s/g, (_, name) => String(values[name]))
    : text.replace(/%s/g, () => String(values.shift())));

const respond = (body, { status = 200, headers = {} } = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = { ok: status < 400, status, redirected: false, headers: new Headers(headers) };
    return Object.assign(response, { text: async () => text, json: async () => JSON.parse(text), clone: () => respond(body, { status, headers }) });
};

/**
 * Open a page and wait until it has loaded.
 *
 * `server(url, options)` returns a response's body, or `[body, {status, headers}]`. `setUp(window)` runs before the scripts.
 */
export const open = async (body, scripts, { url = "https://desk.test/admin/", head = "", server = () => "", setUp = () => {} } = {}) => {
    const calls = [], timers = [], errors = [], copies = [];
    let now = Date.UTC(2026, 0, 1, 12);
    const beforeParse = (window) => {
        Object.assign(window, { gettext: (text) => text, ngettext: (one, many, number) => (number === 1 ? one : many), interpolate });
        window.Date.now = () => now;
        window.setTimeout = (run, delay = 0) => timers.push({ run, at: now + delay });
        window.clearTimeout = (id) => { if (id) timers[id - 1].run = () => {}; };
        window.setInterval = (run, every) => timers.push({ run, at: now + every, every });
        window.fetch = async (address, options = {}) => {
            calls.push({ url: address, ...options });
            const answer = server(address, options);
            return Array.isArray(answer) ? respond(...answer) : respond(answer);
        };
        window.navigator.sendBeacon = (address, data) => calls.push({ url: address, method: "BEACON", body: data });
        window.Element.prototype.checkVisibility = function () { return !this.closest("[hidden]"); };
        window.Element.prototype.scrollIntoView = () => {};
        window.document.execCommand = (command) => copies.push([command, window.document.body.lastElementChild.value]);
        window.document.fonts = { ready: Promise.resolve() };
        window.matchMedia = (query) => ({ matches: query.includes("reduced-motion") });
        window.htmx = { process: () => {}, ajax: async (...call) => calls.push({ url: call[1], target: call[2].target }) };
        window.HTMLDialogElement.prototype.showModal = function () { this.setAttribute("open", ""); };
        window.addEventListener("error", (event) => errors.push(event.error));
        setUp(window);
    };
    const code = scripts.map((name) => `<script>${source(name)}</script>`).join("");
    const { window } = new JSDOM(`<html lang="en"><head>${head}</head><body>${body}${code}</body></html>`, { url, runScripts: "dangerously", pretendToBeVisual: true, beforeParse });
    await new Promise((loaded) => { window.addEventListener("load", () => loaded()); });
    const { document } = window;

    /** Let the clock run, and do what is due, in order. */
    const wait = async (milliseconds) => {
        const end = now + milliseconds;
        for (;;) {
            const next = timers.filter((timer) => timer.at <= end && !timer.isDone).sort((one, other) => one.at - other.at)[0];
            if (!next) break;
            now = Math.max(now, next.at);
            if (next.every) next.at += next.every;
            else next.isDone = true;
            next.run();
            await settle();
        }
        now = end;
    };
    const settle = () => new Promise((done) => { setImmediate(done); });
    const find = (selector) => document.querySelector(selector);
    const text = (selector) => find(selector)?.textContent.trim() ?? null;
    const fire = (target, name, init = {}) => target.dispatchEvent(Object.assign(new window.Event(name, { bubbles: true, cancelable: true }), init));
    const press = (key, target = document.body, init = {}) => target.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }));
    const type = (selector, value) => { find(selector).value = value; fire(find(selector), "input"); };
    const htmx = (name, elt, detail = {}) => document.dispatchEvent(new window.CustomEvent(`htmx:${name}`, { bubbles: true, cancelable: true, detail: { elt, ...detail } }));
    return { window, document, calls, errors, copies, wait, settle, find, text, fire, press, type, htmx, now: () => now, tab: (name) => window.eval(name) };
};
