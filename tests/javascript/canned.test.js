import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const REPLIES = `<li role="option" id="o1" data-text="We come today.">Visit today</li><li role="option" id="o2" data-text="Call back" data-internal>Rückruf</li>
    <li data-nothing hidden>Nothing found</li>`;
const BODY = `<form id="composer"><textarea></textarea><input type="checkbox" id="composer_internal"></form>
    <button id="canned-button" data-replies="/admin/replies/"></button>
    <div id="canned" hidden><input class="canned-search"><ul id="canned-list"></ul></div>`;
const start = async () => {
    const page = await open(BODY, ["session", "canned"], { server: () => REPLIES });
    page.find("#canned-button").click();
    await page.settle();
    return page;
};
const shown = (page) => [...page.document.querySelectorAll("[role=option]")].filter((one) => !one.hidden).map((one) => one.id);
const selected = (page) => page.find("[aria-selected=true]")?.id;

test("the list is fetched once, when it is opened", async () => {
    const page = await start();
    page.find("#canned-button").click();
    page.find("#canned-button").click();
    await page.settle();
    assert.deepEqual([page.calls.map((call) => call.url), shown(page), page.find("#canned").hidden], [["/admin/replies/"], ["o1", "o2"], false]);
});

test("the search ignores case and accents, and says when nothing fits", async () => {
    const page = await start();
    page.type(".canned-search", "ruck");
    assert.deepEqual([shown(page), page.find("[data-nothing]").hidden], [["o2"], true]);
    page.type(".canned-search", "xyz");
    assert.deepEqual([shown(page), page.find("[data-nothing]").hidden], [[], false]);
});

test("arrows walk in a circle, Enter inserts at the caret, and an internal reply stays internal", async () => {
    const page = await start(), search = page.find(".canned-search"), text = page.find("textarea");
    text.value = "Hello !";
    text.setSelectionRange(6, 6);
    page.press("ArrowUp", search);
    assert.equal(selected(page), "o2");
    page.press("ArrowDown", search);
    assert.equal(selected(page), "o1");
    page.press("ArrowDown", search);
    page.press("Enter", search);
    assert.deepEqual([text.value, page.find("#composer_internal").checked, page.find("#canned").hidden], ["Hello Call back!", true, true]);
    assert.equal(page.document.activeElement, text);
});

test("a slash opens the list in an empty reply alone", async () => {
    const page = await start();
    page.press("Escape", page.find(".canned-search"));
    page.find("textarea").value = "and/";
    assert.equal(page.press("/", page.find("textarea")), true);
    page.find("textarea").value = "";
    assert.equal(page.press("/", page.find("textarea")), false);
    assert.equal(page.find("#canned").hidden, false);
});
