import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const BODY = '<button id="opener">Start work</button><dialog id="modal"><div id="modal-content"></div></dialog>';
const FORM = (fields) => `<div id="dialog"><form><div id="dialog-form">${fields}</div><div class="dialog-end"><button type="submit">Send</button></div></form></div>`;
const NOTE = '<textarea name="notes"></textarea>';

const start = async () => {
    const sent = [];
    const setUp = (window) => {
        window.HTMLDialogElement.prototype.close = function () { this.removeAttribute("open"); this.dispatchEvent(new window.Event("close")); };
        window.HTMLFormElement.prototype.requestSubmit = () => sent.push("sent");
    };
    const page = await open(BODY, ["session", "dialogs"], { setUp });
    const content = page.find("#modal-content"), modal = page.find("#modal");
    const ask = () => page.htmx("beforeRequest", page.find("#opener"), { target: content });
    const receive = (fields) => {
        page.htmx("beforeSwap", page.find("#opener"), { target: content });
        content.innerHTML = FORM(fields);
        page.htmx("afterSwap", page.find("#opener"), { target: content });
    };
    return { ...page, ask, receive, content, modal, sent };
};
const active = (page) => page.document.activeElement;

test("a dialog opens at the click, and what is typed until its form comes is in the first text field", async () => {
    const page = await start();
    page.ask();
    assert.equal(page.modal.open, true);
    active(page).value = "Van 7 on its way";
    page.receive(`<select></select>${NOTE}`);
    assert.deepEqual([active(page).name, active(page).value], ["notes", "Van 7 on its way"]);
});

test("the focus is in the first field, or in the first with an error", async () => {
    const page = await start();
    page.ask();
    page.receive(`<input type="hidden"><select></select>${NOTE}`);
    assert.equal(active(page).tagName, "SELECT");
    page.content.innerHTML = FORM(`<select></select><div class="errors">${NOTE}</div>`);
    page.htmx("afterSwap", page.find("form"), { target: page.find("#dialog-form") });
    assert.equal(active(page).tagName, "TEXTAREA");
});

test("a button whose form does not come closes the dialog again", async () => {
    const page = await start();
    page.ask();
    page.htmx("afterRequest", page.find("#opener"), { target: page.content });
    assert.equal(page.modal.open, false);
});

test("a form that comes after Escape is not shown", async () => {
    const page = await start();
    page.ask();
    page.modal.close();
    page.receive(NOTE);
    assert.deepEqual([page.modal.open, page.content.innerHTML], [false, ""]);
});

test("failures are shown in the dialog, with the text, until it is sent again", async () => {
    const page = await start();
    page.ask();
    page.receive(NOTE);
    page.type("textarea", "My words");
    const failure = (status, responseText = "") => page.htmx("responseError", page.find("form"), { target: page.find("#dialog-form"), xhr: { status, responseText } });
    failure(0);
    assert.match(page.text("[role=alert]"), /The server can't be reached\. Your text is still here/);
    failure(500);
    assert.match(page.text("[role=alert]"), /The server reported an error/);
    failure(409, "<p data-refusal-text>SR-1 is closed.</p>");
    assert.equal(page.text("[role=alert]"), "SR-1 is closed.");
    assert.equal(page.find("textarea").value, "My words");
    page.htmx("beforeRequest", page.find("form"), { target: page.find("#dialog-form") });
    assert.equal(page.find("[role=alert]"), null);
});

test("a click outside closes a dialog without text alone, and the end of a selection never does", async () => {
    const page = await start();
    const click = (from) => { page.fire(from, "pointerdown"); page.fire(page.modal, "click"); };
    page.ask();
    page.receive(NOTE);
    click(page.find("textarea"));
    assert.equal(page.modal.open, true);
    page.type("textarea", "My words");
    click(page.modal);
    assert.equal(page.modal.open, true);
    page.type("textarea", "");
    click(page.modal);
    assert.equal(page.modal.open, false);
});

test("Ctrl+Enter sends the dialog", async () => {
    const page = await start();
    page.ask();
    page.receive(NOTE);
    page.press("Enter", page.find("textarea"));
    page.press("Enter", page.find("textarea"), { ctrlKey: true });
    assert.deepEqual(page.sent, ["sent"]);
});
