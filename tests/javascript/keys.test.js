import assert from "node:assert/strict";
import { test } from "node:test";
import { HEAD, open } from "./page.js";

const row = (pk) => `<tr class="data-row"><td><input type="checkbox" class="action-select"></td><th><a href="/admin/${pk}/"><span data-pk="${pk}" data-version="3">Leak ${pk}</span></a></th>
    <td class="reference">SR-${pk}</td></tr>`;
const BODY = `<table id="result_list"><tbody>${row(1)}${row(2)}</tbody></table><input name="csrfmiddlewaretoken" value="token">
    <input id="search"><p id="desk-status"></p><button id="keys-hint"></button><dialog id="keys"></dialog>`;
const start = (server, body = BODY) => open(body, ["session", "live", "keys"], { head: HEAD, server });
const current = (page) => page.find("tr.is-current [data-pk]")?.dataset.pk;

test("j and k move through the rows, stop at the ends, and read out the place", async () => {
    const page = await start();
    page.press("j");
    assert.deepEqual([current(page), page.text("#desk-status")], ["1", "Leak 1, 1 of 2"]);
    page.press("j");
    page.press("j");
    assert.deepEqual([current(page), page.document.activeElement.getAttribute("href")], ["2", "/admin/2/"]);
    page.press("k");
    assert.deepEqual([current(page), page.document.querySelectorAll("[aria-current]").length], ["1", 1]);
});

test("j and k turn from ticket to ticket along the list that was shown last", async () => {
    const list = JSON.stringify([["1", "https://desk.test/admin/1/"], ["2", "https://desk.test/admin/2/#top"]]);
    const start = (path) => open('<p id="desk-status"></p><button id="keys-hint"></button><dialog id="keys"></dialog>', ["session", "live", "keys"], {
        head: HEAD, url: `https://desk.test/admin/${path}/`, setUp: (window) => { window.sessionStorage.setItem("desk-list", list); },
    });
    const page = await start(2);
    page.document.body.classList.add("ticket-page");
    page.press("j");
    assert.equal(page.text("#desk-status"), "This is the last request of the list.");
    const other = await start(9);
    other.document.body.classList.add("ticket-page");
    other.press("k");
    assert.equal(other.text("#desk-status"), "This request is not in the last list.");
});

test("a list is kept for the tickets that are opened from it", async () => {
    const page = await start();
    assert.deepEqual(JSON.parse(page.window.sessionStorage.getItem("desk-list")), [["1", "https://desk.test/admin/1/"], ["2", "https://desk.test/admin/2/"]]);
});

test("f moves to the search box of the list", async () => {
    const page = await start(undefined, `${BODY}<input id="searchbar">`);
    page.press("f");
    assert.equal(page.document.activeElement.id, "searchbar");
});

test("x ticks the current row", async () => {
    const page = await start();
    page.press("j");
    page.press("x");
    assert.equal(page.find("tr.is-current input").checked, true);
});

test("keys do nothing while a user types, holds a modifier, or has a dialog open", async () => {
    const page = await start();
    page.press("j", page.find("#search"));
    page.press("j", page.document.body, { ctrlKey: true });
    assert.equal(current(page), undefined);
    page.press("?");
    assert.equal(page.find("#keys").hasAttribute("open"), true);
    page.press("j");
    assert.equal(current(page), undefined);
});

test("a assigns the current request to the user, with its version", async () => {
    const page = await start(() => ["", { headers: { "HX-Redirect": "/admin/" } }]);
    page.press("a");
    assert.equal(page.calls.length, 0);
    page.press("j");
    page.press("a");
    await page.settle();
    const [call] = page.calls;
    assert.deepEqual([call.url, call.method, call.headers["X-CSRFToken"], String(call.body)],
        ["/desk/requests/1/assign/", "POST", "token", "_form_submitted=on&assigned_to=7&version=3"]);
    assert.equal(page.text(".toast"), "SR-1 assigned to you");
});

test("a refused assignment shows the server's reason", async () => {
    const page = await start(() => ['<p class="notice">Assigned to Asha</p>', { status: 409 }]);
    page.press("j");
    page.press("a");
    await page.settle();
    assert.deepEqual([page.text(".toast.is-grave")], ["Assigned to Asha"]);
});

test("s does the next step of a ticket, m opens its other actions, b goes to those of the selection", async () => {
    const page = await start(undefined, `${BODY}<div class="actions"><button class="btn btn-primary" data-verb="start">Start</button>
        <div class="more"><button class="btn">More</button></div></div><span class="bulk-verbs" hidden><button>Assign</button></span>`);
    const pressed = [];
    page.document.addEventListener("click", (event) => pressed.push(event.target.textContent));
    page.press("s");
    page.press("m");
    assert.deepEqual([pressed, page.document.activeElement.textContent], [["Start", "More"], "More"]);
    page.press("b");
    assert.equal(page.document.activeElement.textContent, "More");
    page.find(".bulk-verbs").hidden = false;
    page.press("b");
    assert.equal(page.document.activeElement.textContent, "Assign");
});
