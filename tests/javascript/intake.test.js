import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const chip = (name, value, key, more = "") => `<label><input type="radio" name="${name}" value="${value}" data-chip-key="${key}" ${more}></label>`;
const QUESTIONS = `<div data-stop><div class="intake-chips">${chip("details.out", "true", "1")}${chip("details.out", "false", "2")}${chip("details.out", "", "0", "checked")}</div></div>
    <div data-stop><div class="intake-chips"><input type="checkbox" name="details.signs" value="fire" data-chip-key="1"><input type="checkbox" name="details.signs" value="hiss" data-chip-key="2"></div></div>
    <div data-shown-if="details.signs" data-shown-value="fire" data-stop><input name="details.floor"></div>`;
const SPOKEN = '<section><div class="segments" hidden><input type="radio" name="spoken_language" value="en"><input type="radio" name="spoken_language" value="hi"></div><p data-language="en">Go</p><p data-language="hi">जाएँ</p></section>';
const BODY = `<form id="intake" data-draft="draft:7"><input name="once" value="new" hidden>
    <p data-draft-note hidden><time></time><button type="button" data-draft-discard></button></p>
    <div data-stop="find"><input name="q"></div><div id="callers"><input type="radio" name="customer" value="" checked></div>
    <div data-stop><input name="caller.name"></div>
    <fieldset data-stop="type"><div class="intake-chips">${chip("request_type", "leak", "1", "data-draft-keep")}${chip("request_type", "move", "2", "data-draft-keep")}</div></fieldset>
    <div data-stop><textarea name="address"></textarea></div><div id="questions"></div><div data-stop><textarea name="description"></textarea></div>
    <div class="intake-end"><button type="submit">Create</button></div><div id="spoken" data-spoken="en"></div>
    <template data-type="leak" data-part="questions">${QUESTIONS}</template><template data-type="leak" data-part="spoken">${SPOKEN}</template>
    <template data-type="move" data-part="questions"></template><template data-type="move" data-part="spoken"></template></form>`;

const start = async (setUp = () => {}) => {
    const asked = [], sent = [];
    const page = await open(BODY, ["session", "drafts", "intake"], { setUp: (window) => {
        window.CSS = { escape: (text) => text };
        window.htmx.trigger = (...call) => asked.push(call);
        window.HTMLFormElement.prototype.requestSubmit = () => sent.push("sent");
        setUp(window);
    } });
    await page.wait(0);
    const focus = () => page.document.activeElement.name || page.document.activeElement.type;
    const key = (name, init) => page.press(name, page.document.activeElement, init);
    const receive = (html) => {
        page.find("#callers").innerHTML = html;
        page.htmx("afterSwap", page.find("#callers"), { target: page.find("#callers") });
    };
    const fail = (status, html = "") => page.htmx("responseError", page.find("#intake"), { xhr: { status, responseText: html } });
    return { ...page, asked, sent, focus, key, receive, fail };
};
const CUSTOMER = '<input type="radio" name="customer" value="9" data-address="1 Main Street" data-language="hi" checked><input type="radio" name="customer" value="">';

test("the number has the focus, and Enter searches and goes on to what is empty", async () => {
    const page = await start();
    assert.equal(page.focus(), "q");
    page.key("Enter");
    assert.deepEqual(page.asked, [["#callers", "look"]]);
    page.receive('<input type="radio" name="customer" value="" checked>');
    assert.equal(page.focus(), "caller.name");
    page.key("1");
    assert.equal(page.find("[value=leak]").checked, false);  // in a text, a key is a letter
});

test("a key chooses the chip that shows it, and goes on", async () => {
    const page = await start();
    page.find("[name=request_type]").focus();
    page.key("1");
    assert.equal(page.find("[value=leak]").checked, true);
    assert.equal(page.text("#spoken [data-language=en]"), "Go");
    assert.equal(page.focus(), "address");
    page.find("[name=address]").value = "1 Main Street";
    page.key("Enter");
    assert.equal(page.focus(), "details.out");
    page.key("2");
    assert.equal(page.find("[name='details.out'][value=false]").checked, true);
    assert.equal(page.focus(), "details.signs");
    page.key("1");
    page.key("2");
    page.key("2");
    assert.deepEqual([...page.document.querySelectorAll("[name='details.signs']")].map((one) => one.checked), [true, false]);
    page.key("Enter");
    assert.equal(page.focus(), "details.floor");
    page.find("[name='details.floor']").value = "2";
    page.key("Enter");
    assert.equal(page.focus(), "description");
    assert.equal(page.key("Enter"), true);  // a new line
    page.key("Enter", { ctrlKey: true });
    assert.deepEqual([page.sent, page.errors], [["sent"], []]);
});

test("keys of chips are no shortcuts of the page", async () => {
    const page = await start();
    const heard = [];
    page.document.addEventListener("keydown", (event) => heard.push(event.key));
    page.find("[name=request_type]").focus();
    page.key("2");
    page.key("x");
    assert.deepEqual(heard, ["x"]);
});

test("a customer gives the address and the language, unless the agent has written or chosen others", async () => {
    const page = await start();
    page.find("[value=leak]").click();
    page.receive(CUSTOMER);
    assert.equal(page.find("[name=address]").value, "1 Main Street");
    assert.deepEqual([page.find("[data-language=en]").hidden, page.find("[data-language=hi]").hidden], [true, false]);
    page.find("[name=spoken_language][value=en]").click();
    assert.equal(page.find("[data-language=en]").hidden, false);
    page.find("[name=customer][value='']").click();
    assert.equal(page.find("[name=address]").value, "");
    page.type("[name=address]", "Elsewhere");
    page.receive(CUSTOMER);
    assert.equal(page.find("[name=address]").value, "Elsewhere");
    assert.equal(page.find("[data-language=en]").hidden, false);
});

test("a type without questions and spoken text leaves none", async () => {
    const page = await start();
    page.find("[value=leak]").click();
    page.find("[value=move]").click();
    assert.deepEqual([page.text("#questions"), page.text("#spoken")], ["", ""]);
});

for (const [status, html, text] of [[0, "", "The server can't be reached"], [503, "", "The server reported an error"], [409, "<p data-refusal-text>It has changed.</p>", "It has changed."]]) {
    test(`a failure (${status}) appears on the page, and what was typed stays`, async () => {
        const page = await start();
        page.type("[name=description]", "It smells");
        page.fail(status, html);
        assert.ok(page.text("[data-failure]").startsWith(text), page.text("[data-failure]"));
        assert.equal(page.find("[name=description]").value, "It smells");
        page.htmx("beforeRequest", page.find("#intake"));
        assert.equal(page.find("[data-failure]"), null);
    });
}

test("offline is said as such", async () => {
    const page = await start((window) => Object.defineProperty(window.navigator, "onLine", { value: false }));
    page.fail(0);
    assert.ok(page.text("[data-failure]").startsWith("You are offline"));
});

test("a draft returns with its type, answers, customer and token", async () => {
    const fields = { once: ["old"], q: ["98765"], customer: ["9"], request_type: ["leak"], "details.out": ["false"], "details.signs": ["fire"], "details.floor": ["3"], address: [""], description: ["Smell"], spoken_language: ["hi"] };
    const page = await start((window) => window.localStorage.setItem("draft:7", JSON.stringify({ fields, at: Date.UTC(2026, 0, 1, 11) })));
    assert.equal(page.find("[name=once]").value, "old");
    assert.equal(page.find("[name='details.out'][value=false]").checked, true);
    assert.equal(page.find("[name='details.floor']").value, "3");
    assert.equal(page.find("[data-language=hi]").hidden, false);
    assert.deepEqual(page.asked, [["#callers", "look"]]);
    page.receive(CUSTOMER.replace(" checked", ""));
    assert.equal(page.find("[name=customer][value='9']").checked, true);
    page.find("[data-draft-discard]").click();
    assert.deepEqual([page.find("[name=once]").value, page.find("[name=description]").value, page.window.localStorage.length], ["new", "", 0]);
    assert.deepEqual([page.text("#questions"), page.text("#spoken")], ["", ""]);
});

test("a chosen type is a draft, the token alone is none", async () => {
    const page = await start();
    page.type("[name=description]", "");
    assert.equal(page.window.localStorage.length, 0);
    page.find("[value=leak]").click();
    assert.equal(page.window.localStorage.length, 1);
});

test("after going back, the form has the token that it was sent with", async () => {
    const page = await start();
    page.htmx("beforeRequest", page.find("#intake"));
    assert.equal(page.window.history.state.once, "new");
    const again = await start((window) => window.history.replaceState({ once: "sent before" }, ""));
    assert.equal(again.find("[name=once]").value, "sent before");
});

test("a form that was refused shows the first field that is wrong", async () => {
    const page = await start();
    page.find("[data-stop] textarea").closest("[data-stop]").className = "errors";
    page.htmx("afterSwap", page.find("#intake"), { target: page.find("#intake") });
    assert.equal(page.focus(), "address");
});
