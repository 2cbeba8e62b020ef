import assert from "node:assert/strict";
import { test } from "node:test";
import { HEAD, open } from "./page.js";

const BODY = '<section id="not-live"><p role="alert"></p></section>';
const STATE = { alarms: [], number: 0, unverified: 0, latest: 5 };

/** A page that asks a server whose state the test changes; `null` is a server that can't be reached. */
const start = async () => {
    const server = { state: STATE, refreshed: 0 };
    const setUp = (window) => { window.desk = { position: () => 0, refresh: () => { server.refreshed += 1; } }; };
    const answer = () => { if (server.state === null) throw new TypeError("Failed to fetch"); return server.state; };
    const page = await open(BODY, ["session", "connection"], { head: HEAD, server: answer, setUp });
    await page.settle();
    return { ...page, server };
};
const strip = (page) => page.text("#not-live p");

test("the page asks every 15 seconds, without keeping the session alive", async () => {
    const page = await start();
    await page.wait(30000);
    assert.deepEqual(page.calls.map((call) => [call.url, call.headers["Desk-Background"]]), Array(3).fill(["/desk/live/", "1"]));
    assert.deepEqual([strip(page), page.server.refreshed], ["", 0]);
});

test("a server that can't be reached is announced from the last time it was, and the page is loaded again afterwards", async () => {
    const page = await start();
    page.server.state = null;
    await page.wait(15000);
    assert.equal(strip(page), "");  // one failure is not an outage
    await page.wait(2000);
    assert.match(strip(page), /^Not live since \d\d:00\. Trying to reconnect…$/);
    assert.equal(page.find("#not-live").className, "is-shown");
    page.server.state = STATE;
    await page.wait(2000);
    assert.deepEqual([strip(page), page.find("#not-live").className, page.server.refreshed], ["", "", 1]);
});

test("the browser's word that it is offline is enough, and it asks at once when it is online", async () => {
    const page = await start();
    Object.defineProperty(page.window.navigator, "onLine", { value: false });
    page.fire(page.window, "offline");
    assert.match(strip(page), /^Not live/);
    page.fire(page.window, "online");
    await page.settle();
    assert.equal(strip(page), "");
});

test("an update without an event reloads the page", async () => {
    const page = await start();
    page.server.state = { ...STATE, latest: 6 };
    await page.wait(15000);
    assert.equal(page.server.refreshed, 1);
    await page.wait(15000);
    assert.equal(page.server.refreshed, 1);
});
