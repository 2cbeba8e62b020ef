import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const BODY = `<form id="composer"><textarea></textarea><input type="file" id="composer_attachments" data-largest="2097152" data-most="2">
    <ul data-chosen data-remove="Remove"></ul><p class="composer-foot"></p></form><button id="copy" data-copy="SR-1" data-copied="Copied"></button>`;
const start = () => open(BODY, ["composer"], {
    setUp: (window) => {
        window.DataTransfer = class { files = []; items = { add: (file) => this.files.push(file) }; };
        const chosen = new WeakMap();  // jsdom lets no script choose files
        Object.defineProperty(window.HTMLInputElement.prototype, "files", { get() { return chosen.get(this) ?? []; }, set(files) { chosen.set(this, files); } });
    },
});
const file = (name, size) => ({ name, size });
const names = (page) => [...page.document.querySelectorAll("[data-chosen] span")].map((one) => one.textContent);
const drop = (page, ...files) => page.fire(page.find("textarea"), "drop", { dataTransfer: { files } });

test("dropped files join those that are chosen, with their sizes, and can be removed", async () => {
    const page = await start();
    drop(page, file("meter.png", 100));
    drop(page, file("leak.png", 1572864));
    assert.deepEqual(names(page), ["meter.png, 1 KB", "leak.png, 1.5 MB"]);
    assert.equal(page.find("[data-chosen] button").ariaLabel, "Remove: meter.png");
    page.find("[data-chosen] button").click();
    assert.deepEqual(names(page), ["leak.png, 1.5 MB"]);
});

test("files that are too many or too large are refused before they are sent", async () => {
    const page = await start(), send = () => page.htmx("beforeRequest", page.find("form"));
    drop(page, file("a.png", 1));
    assert.deepEqual([send(), page.text("[data-refusal]")], [true, null]);
    drop(page, file("b.png", 3 * 1048576));
    assert.deepEqual([send(), page.text("[data-refusal]")], [false, "b.png: the limit is 2 MiB per file."]);
    drop(page, file("c.png", 1));
    assert.deepEqual([send(), page.text("[data-refusal]")], [false, "You can attach at most 2 files."]);
});

test("a failure says why, and the words stay", async () => {
    const page = await start(), fail = (status) => { page.htmx("responseError", page.find("form"), { xhr: { status } }); return page.text("[data-refusal]"); };
    page.find("textarea").value = "Our report";
    const reasons = [401, 413, 500].map(fail);
    assert.equal(new Set(reasons).size, 3);
    assert.deepEqual([page.document.querySelectorAll("[role=alert]").length, page.find("textarea").value], [1, "Our report"]);
});

test("Ctrl+Enter sends", async () => {
    const page = await start(), sent = [];
    page.find("form").requestSubmit = () => sent.push("form");
    page.press("Enter", page.find("textarea"));
    page.press("Enter", page.find("textarea"), { ctrlKey: true });
    assert.deepEqual(sent, ["form"]);
});

test("a reference is copied where there is no clipboard, and says so for a moment", async () => {
    const page = await start();
    page.find("#copy").click();
    await page.settle();
    assert.deepEqual([page.copies, page.find("#copy").dataset.done, page.document.querySelectorAll("body > textarea").length], [[["copy", "SR-1"]], "Copied", 0]);
    await page.wait(1500);
    assert.equal("done" in page.find("#copy").dataset, false);
});
