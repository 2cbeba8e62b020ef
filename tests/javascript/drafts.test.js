import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const FORM = `<form data-draft="draft:7" id="reply"><textarea name="notes"></textarea><input type="checkbox" name="internal" value="1">
    <select name="teams" multiple><option value="a"></option><option value="b"></option></select><input type="password" name="secret"><input name="code" autocomplete="one-time-code">
    <p data-draft-note hidden><time></time><button type="button" data-draft-discard></button></p></form>`;
const store = (content) => (window) => { for (const [key, value] of Object.entries(content)) window.localStorage.setItem(key, JSON.stringify(value)); };
const draft = (page) => JSON.parse(page.window.localStorage.getItem("draft:7"));
const start = (setUp, options = {}) => open(FORM, ["session", "drafts"], { setUp, ...options });

test("what is typed is stored, except passwords and codes", async () => {
    const page = await start();
    page.find("[name=secret]").value = "hush";
    page.find("[name=code]").value = "123456";
    page.find("[name=internal]").checked = true;
    page.find("option[value=b]").selected = true;
    page.type("textarea", "On our way");
    assert.deepEqual(draft(page), { fields: { notes: ["On our way"], internal: ["1"], teams: ["b"] }, at: page.now() });
    page.type("textarea", "  ");
    assert.equal(draft(page), null);
});

test("a draft returns into its form, with a note that says when it was written", async () => {
    const at = Date.UTC(2026, 0, 1, 11);
    const page = await start(store({ "draft:7": { fields: { notes: ["Half a sentence"], internal: ["1"], teams: ["a", "b"] }, at } }));
    assert.equal(page.find("textarea").value, "Half a sentence");
    assert.equal(page.find("[name=internal]").checked, true);
    assert.equal(page.find("[name=teams]").selectedOptions.length, 2);
    assert.equal(page.find("[data-draft-note]").hidden, false);
    page.find("[data-draft-discard]").click();
    assert.deepEqual([page.find("textarea").value, draft(page), page.find("[data-draft-note]").hidden], ["", null, true]);
});

test("drafts older than two weeks, and broken ones, are deleted", async () => {
    const old = Date.UTC(2025, 11, 1);
    const page = await start(store({ "draft:1": { fields: {}, at: old }, "draft:2": "broken", other: 1 }));
    assert.deepEqual(Object.keys(page.window.localStorage), ["other"]);
});

test("a full store loses the draft, and nothing else", async () => {
    const page = await start((window) => { window.Storage.prototype.setItem = () => { throw new window.DOMException("full", "QuotaExceededError"); }; });
    page.type("textarea", "A long report");
    assert.deepEqual([page.find("textarea").value, page.errors], ["A long report", []]);
});

test("a sent form forgets its draft; one that failed keeps it", async () => {
    const page = await start();
    page.type("textarea", "Sent");
    const response = (redirect) => ({ xhr: { status: 200, responseText: "", getResponseHeader: () => redirect } });
    page.htmx("beforeOnLoad", page.find("form"), response(null));
    assert.notEqual(draft(page), null);
    page.htmx("beforeOnLoad", page.find("form"), response("/admin/"));
    assert.equal(draft(page), null);
});
