import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const BODY = `<div class="more"><button class="btn">More</button>
    <div class="more-menu" hidden><button>Assign</button><a href="#">Print</a></div></div>`;
const FRAME_MILLISECONDS = 40;

const start = async () => {
    const page = await open(BODY, ["keyboard_access"]);
    const button = page.find(".more > .btn"), menu = page.find(".more-menu");
    button.addEventListener("click", () => { menu.hidden = !menu.hidden; });  // as Alpine does
    const focused = () => page.document.activeElement.textContent;
    const frames = () => new Promise((done) => { setTimeout(done, FRAME_MILLISECONDS); });
    return { page, button, focused, frames };
};

test("a menu that is opened by keyboard takes the focus, and gives it back", async () => {
    const { page, button, focused, frames } = await start();
    button.click();
    await frames();
    assert.equal(focused(), "Assign");
    page.press("ArrowDown", page.document.activeElement);
    assert.equal(focused(), "Print");
    page.press("ArrowDown", page.document.activeElement);
    assert.equal(focused(), "Assign");
    page.press("ArrowUp", page.document.activeElement);
    assert.equal(focused(), "Print");
    page.press("Escape", page.document.activeElement);
    assert.equal(focused(), "More");
});

test("an arrow on its button opens a menu", async () => {
    const { page, button, focused, frames } = await start();
    button.focus();
    page.press("ArrowDown", button);
    await frames();
    assert.equal(focused(), "Assign");
});

test("a mouse leaves the focus where it is", async () => {
    const { page, button, focused, frames } = await start();
    button.focus();
    button.dispatchEvent(new page.window.MouseEvent("click", { bubbles: true, detail: 1 }));
    await frames();
    assert.equal(focused(), "More");
});
