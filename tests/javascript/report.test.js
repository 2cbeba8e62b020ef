import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const URL = "https://desk.test/report/track/#gst_token";
const progress = (text) => `<div id="progress" data-files="/files/"><p class="status">${text}</p>
    <textarea id="notes"></textarea>
    <p class="photo" hidden><input id="photo" type="file"><span role="status" data-done="Sent" data-failed="Not sent"></span></p></div>`;

test("a tracking page shows the progress again and again with its token", async () => {
    let status = "Open";
    const page = await open(progress("Filed"), ["report"], { url: URL, server: () => progress(status) });
    assert.equal(page.find(".status").textContent, "Filed");
    await page.wait(15_000);
    assert.deepEqual([page.find(".status").textContent, page.calls[0].method, String(page.calls[0].body)], ["Open", "POST", "token=gst_token"]);
    status = "On its way";
    await page.wait(15_000);
    assert.equal(page.find(".status").textContent, "On its way");
});

test("it replaces nothing while a person writes", async () => {
    const page = await open(progress("Filed"), ["report"], { url: URL, server: () => progress("Open") });
    page.find("#notes").value = "It smells again";
    await page.wait(60_000);
    assert.deepEqual([page.calls, page.find("#notes").value], [[], "It smells again"]);
});

test("a photo goes to the address that the page gives, and a failure is shown", async () => {
    let response = ["", { status: 201 }];
    const page = await open(progress("Filed"), ["report"], { url: URL, server: () => response });
    const input = page.find("#photo");
    Object.defineProperty(input, "files", { value: [new page.window.File(["x"], "leak.jpg")] });
    const send = async () => { input.onchange(); await page.settle(); return page.find(".photo [role=status]").textContent; };
    assert.equal(await send(), "Sent");
    assert.deepEqual([page.calls[0].url, page.calls[0].headers.Authorization], ["/files/", "Bearer gst_token"]);
    response = ["", { status: 413 }];
    assert.equal(await send(), "Not sent");
});
