import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const option = (name) => `<a role="option" aria-selected="false" id="search-${name}" href="#${name}">${name}</a>`;
const hits = (query, ...names) => `<div data-query="${query}" data-number="${names.length}">${names.map(option).join("")}</div>`;
const BODY = `<a id="search-open" href="/admin/search/">Search</a><textarea id="note"></textarea><dialog id="keys"></dialog>
    <dialog id="search"><form><input id="search-input"><button type="button" class="search-close"></button></form><div id="search-found"></div><p id="search-status"></p></dialog>`;
const setUp = (window) => { window.HTMLDialogElement.prototype.close = function () { this.removeAttribute("open"); }; };
const start = () => open(BODY, ["search"], { setUp });
const isOpen = (page) => page.find("#search").hasAttribute("open");
const selected = (page) => page.find("[aria-selected=true]")?.id;
const show = (page, query, ...names) => {
    page.find("#search-input").value = query;
    page.find("#search-found").innerHTML = hits(query, ...names);
    page.fire(page.find("#search-found"), "htmx:afterSwap");
};

test("the slash and Ctrl+K open it, in any keyboard layout", async () => {
    for (const [key, init] of [["/", {}], ["k", { ctrlKey: true }], ["k", { metaKey: true }], ["\u0915", { ctrlKey: true, code: "KeyK" }]]) {
        const page = await start();
        page.press(key, page.document.body, init);
        assert.deepEqual([isOpen(page), page.document.activeElement.id], [true, "search-input"]);
    }
});

test("a slash in a field is typed, but Ctrl+K opens it there too", async () => {
    const page = await start();
    page.press("/", page.find("#note"));
    assert.equal(isOpen(page), false);
    page.press("k", page.find("#note"), { ctrlKey: true });
    assert.equal(isOpen(page), true);
});

test("it opens over no other dialog, and for no other keys", async () => {
    const page = await start();
    page.press("k");
    page.press("/", page.document.body, { ctrlKey: true });
    page.find("#keys").setAttribute("open", "");
    page.press("/");
    page.press("k", page.document.body, { ctrlKey: true });
    assert.equal(isOpen(page), false);
});

test("the first hit is selected, and the arrows go round", async () => {
    const page = await start();
    page.press("/");
    show(page, "leak", "one", "two");
    assert.deepEqual([selected(page), page.text("#search-status"), page.find("#search-input").getAttribute("aria-expanded")], ["search-one", "2 results", "true"]);
    page.press("ArrowDown", page.find("#search-input"));
    assert.deepEqual([selected(page), page.find("#search-input").getAttribute("aria-activedescendant")], ["search-two", "search-two"]);
    page.press("ArrowDown", page.find("#search-input"));
    page.press("ArrowUp", page.find("#search-input"));
    assert.equal(selected(page), "search-two");
    show(page, "leaks");
    assert.deepEqual([selected(page), page.find("#search-input").hasAttribute("aria-activedescendant")], [undefined, false]);
});

test("Enter opens the selected hit; before the hits of the text are there, it shows the page of results", async () => {
    const page = await start();
    let submitted = 0;
    page.find("form").requestSubmit = () => { submitted += 1; };
    page.press("/");
    show(page, "leak", "one");
    page.press("Enter", page.find("#search-input"));
    assert.deepEqual([page.window.location.hash, submitted, isOpen(page)], ["#one", 0, false]);
    page.find("#search-input").value = "leaks";
    page.press("Enter", page.find("#search-input"));
    assert.equal(submitted, 1);
});

test("Enter that ends the composition of a character opens nothing", async () => {
    const page = await start();
    page.press("/");
    show(page, "leak", "one");
    page.press("Enter", page.find("#search-input"), { isComposing: true });
    assert.equal(page.window.location.hash, "");
});

test("it closes by its button, beside it, and when a notice on the page has to be seen", async () => {
    const page = await start();
    const closers = [
        () => page.fire(page.find(".search-close"), "click"),
        () => page.fire(page.find("#search"), "click"),
        () => page.fire(page.find("#search-input"), "htmx:responseError"),
        () => page.fire(page.find("#search-input"), "htmx:beforeOnLoad", { detail: { xhr: { status: 401 } } }),
    ];
    for (const close of closers) {
        page.fire(page.find("#search-open"), "click");
        assert.equal(isOpen(page), true);
        close();
        assert.equal(isOpen(page), false);
    }
});
