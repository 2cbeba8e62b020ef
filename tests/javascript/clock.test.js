import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const NOON = Date.UTC(2026, 0, 1, 12);
const clock = (due) => `<span data-due="${due}"><i>schedule</i><span class="clock-text"></span></span>`;
const said = async (seconds) => (await open(clock(NOON + seconds * 1000), ["clock"])).text(".clock-text");

for (const [seconds, text] of [
    [59, "0:59 left"], [61, "1:01 left"], [3600, "1 h left"], [3660, "1 h 1 min left"], [86400, "1 d left"],
    [90000, "1 d 1 h left"], [8 * 86400 + 3600, "8 d left"], [-5, "0:05 over"], [-7200, "2 h over"],
]) test(`a clock with ${seconds} seconds left reads "${text}"`, async () => assert.equal(await said(seconds), text));

test("a clock ticks, and shows when time is short and when it is over", async () => {
    const page = await open(clock(NOON + 15 * 60 * 1000 + 1000), ["clock"]), one = page.find("[data-due]");
    assert.deepEqual([one.className, page.text("i")], ["", "schedule"]);
    await page.wait(3000);
    assert.deepEqual([one.className, page.text("i"), page.text(".clock-text")], ["is-soon", "hourglass_bottom", "14:58 left"]);
    await page.wait(15 * 60 * 1000);
    assert.deepEqual([one.className, page.text("i"), page.text(".clock-text")], ["is-over", "alarm", "0:02 over"]);
});

test("the age of a reply counts up", async () => {
    const page = await open(`<p data-replied="${NOON - 30_000}"><time></time></p>`, ["clock"]);
    assert.equal(page.text("time"), "just now");
    await page.wait(60_000);
    assert.equal(page.text("time"), "1 min ago");
});
