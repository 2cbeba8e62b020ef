import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const BODY = `<div data-presence-url="/admin/1/presence/"></div><p data-presence></p><form id="composer">
    <input name="csrfmiddlewaretoken" value="token"><textarea></textarea></form>`;
const start = (server = () => ({ text: "Asha looks at this" }), body = BODY) => open(body, ["session", "presence"], { server });
const sent = (page) => page.calls.map((call) => [...call.body.keys()].filter((name) => name !== "csrfmiddlewaretoken").join());

test("a ticket's page says within three seconds that it is open, and shows who else looks", async () => {
    const page = await start();
    await page.settle();
    assert.equal(page.text("[data-presence]"), "Asha looks at this");
    await page.wait(5_000);
    assert.deepEqual([sent(page), page.calls[0].url, page.calls[0].body.get("csrfmiddlewaretoken")], [["", "", ""], "/admin/1/presence/", "token"]);
});

test("a page on which nothing has moved for a minute says so every twenty seconds, until the user is back", async () => {
    const page = await start();
    await page.wait(60_000);
    const before = page.calls.length;
    await page.wait(60_000);
    assert.equal(page.calls.length, before + 3);
    page.fire(page.document, "pointermove");
    assert.equal(page.calls.length, before + 4);
});

test("typing is announced at once, and for twenty seconds", async () => {
    const page = await start();
    page.type("textarea", "W");
    page.type("textarea", "We");
    assert.deepEqual(sent(page), ["", "writing"]);
    await page.wait(25_000);
    assert.deepEqual([new Set(sent(page).slice(1, 8)), sent(page).at(-1)], [new Set(["writing"]), ""]);
});

test("a page that is left says so, and a hidden one says nothing more", async () => {
    const page = await start();
    Object.defineProperty(page.document, "hidden", { value: true });
    page.fire(page.document, "visibilitychange");
    await page.wait(60_000);
    assert.deepEqual([sent(page), page.calls.at(-1).method], [["", "left"], "BEACON"]);
});

test("a server that is away is asked again", async () => {
    let isAway = true;
    const page = await start(() => { if (isAway) throw new TypeError("away"); return { text: "Back" }; });
    await page.settle();
    isAway = false;
    await page.wait(20_000);
    assert.deepEqual([page.text("[data-presence]"), page.errors], ["Back", []]);
});

test("other pages say nothing", async () => assert.equal((await start(undefined, "<p></p>")).calls.length, 0));
