import assert from "node:assert/strict";
import { test } from "node:test";
import { HEAD, open } from "./page.js";

const notice = (state, token = "") => `<div class="session-notice" data-state="${state}" ${token && `data-token="${token}"`}>Log in</div>`;
const BODY = '<input name="csrfmiddlewaretoken" value="old"><div id="poll" hx-trigger="every 5s"></div><button id="b"></button>';
const start = (server) => open(BODY, ["session"], { head: HEAD, server });

test("a call says who makes it, as htmx does", async () => {
    const page = await start();
    await page.tab("session").call("/admin/x/", { headers: { "X-Own": "1" } });
    assert.deepEqual({ ...page.calls[0].headers }, { "HX-Request": "true", "HX-Current-URL": "https://desk.test/admin/", "Desk-User": "7", "X-Own": "1" });
});

test("an ended session shows one notice, stops what the page asks by itself, and ends with the next good response", async () => {
    let state = [notice("ended"), { status: 401 }];
    const page = await start(() => state);
    const asks = (selector) => page.htmx("beforeRequest", page.find(selector));
    assert.equal(asks("#poll"), true);
    await page.tab("session").call("/admin/x/");
    await page.tab("session").call("/admin/x/");
    assert.equal(page.document.querySelectorAll(".session-notice").length, 1);
    assert.equal(page.document.body.firstElementChild.className, "session-notice");
    assert.deepEqual([page.tab("session").hasEnded(), asks("#poll"), asks("#b")], [true, false, true]);
    state = "fresh";
    await page.tab("session").check();
    assert.deepEqual([page.tab("session").hasEnded(), page.find(".session-notice"), page.find("input").value], [false, null, "fresh"]);
});

test("a token of an earlier login is exchanged without a notice", async () => {
    const page = await start(() => [notice("renewed", "new"), { status: 403 }]);
    await page.tab("session").call("/admin/x/");
    assert.deepEqual([page.find("input").value, page.find(".session-notice"), page.tab("session").hasEnded()], ["new", null, false]);
});

test("what a page asks by itself is marked, so that it keeps no session alive", async () => {
    const page = await start(), headers = (selector) => { const sent = {}; page.htmx("configRequest", page.find(selector), { headers: sent }); return sent; };
    assert.deepEqual([headers("#poll"), headers("#b")], [{ "Desk-User": "7", "Desk-Background": "1" }, { "Desk-User": "7" }]);
});

test("an error page that is no notice of the session is left to htmx", async () => {
    const page = await start(), xhr = (status, responseText) => ({ xhr: { status, responseText } });
    assert.equal(page.htmx("beforeOnLoad", page.find("#b"), xhr(403, "<h1>Forbidden</h1>")), true);
    assert.equal(page.htmx("beforeOnLoad", page.find("#b"), xhr(401, notice("ended"))), false);
});
