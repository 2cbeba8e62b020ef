import assert from "node:assert/strict";
import { test } from "node:test";
import { HEAD, open } from "./page.js";

const QUEUE = "https://desk.test/desk/requests/";
const list = (text) => `<table id="result_list"><tbody><tr class="data-row"><td data-pk="1">${text}</td></tr></tbody></table>`;

/** A page that listens to the stream, and the function that sends it an event. */
const start = async (body, { url = QUEUE, server } = {}) => {
    const sources = [], posted = [];
    const setUp = (window) => {
        window.EventSource = class extends window.EventTarget {
            constructor(address) { super(); sources.push(Object.assign(this, { address, readyState: 1 })); }
        };
        window.EventSource.CLOSED = 2;
        window.BroadcastChannel = class { postMessage(data) { posted.push(data); } };
        window.navigator.locks = { request: (_, run) => run() };
    };
    const page = await open(body, ["session", "live"], { url, head: HEAD, server, setUp });
    const send = (event, { id = 1, pk = 1, ...update } = {}) => {
        const data = JSON.stringify({ id, event, service_request: pk, reference: `SR-${pk}`, update });
        sources[0].dispatchEvent(Object.assign(new page.window.Event(event), { data }));
    };
    return { ...page, send, sources, posted };
};
const toasts = (page) => [...page.document.querySelectorAll(".toast")].map((one) => one.textContent);

test("a new request shows a toast that leads to it, once for each event, and the other tabs receive it", async () => {
    const page = await start(list("old"));
    page.send("request.created", { id: 5, pk: 9 });
    page.send("request.created", { id: 5, pk: 9 });
    assert.deepEqual([toasts(page), page.find(".toast").getAttribute("href"), page.posted.length], [["SR-9 filed"], "/desk/requests/9/", 2]);
    await page.wait(8000);
    assert.deepEqual(toasts(page), []);
});

test("late requests are grave, reopened ones are announced, and three toasts are the most", async () => {
    const page = await start(list("old"));
    page.send("request.created", { id: 1, pk: 1 });
    page.send("request.commented", { id: 2, pk: 2 });
    page.send("request.status_changed", { id: 3, pk: 3, previous_status: "resolved", status: "in_progress" });
    page.send("request.created", { id: 4, pk: 4 });
    page.send("request.escalated", { id: 5, pk: 5 });
    assert.deepEqual([toasts(page), page.text(".is-grave")], [["SR-3 reopened", "SR-4 filed", "SR-5 is late"], "SR-5 is late"]);
});

test("the queue is fetched again, without keeping the session alive, and the changed row is marked", async () => {
    const page = await start(list("old"), { server: () => list("new") });
    page.send("request.commented");
    await page.wait(400);
    assert.deepEqual([page.text("td"), page.find("tr").className, page.calls[0].headers["Desk-Background"]], ["new", "data-row just-changed", "1"]);
    await page.wait(4000);
    assert.equal(page.find("tr").className, "data-row");
});

test("nothing moves under a user who types; it follows when they stop", async () => {
    const page = await start(`<input id="search">${list("old")}`, { server: () => `<input id="search">${list("new")}` });
    page.find("#search").focus();
    page.send("request.commented");
    await page.wait(2500);
    assert.deepEqual([page.text("td"), page.calls.length], ["old", 0]);
    page.find("#search").blur();
    await page.wait(1000);
    assert.equal(page.text("td"), "new");
});

test("a request that someone else changes says so on its page; one's own changes don't", async () => {
    const page = await start('<div class="headline"></div>', { url: `${QUEUE}1/` });
    page.send("request.commented", { id: 1, author: 7 });
    assert.equal(page.find("#changed"), null);
    page.send("request.commented", { id: 2, author: 8 });
    page.send("request.commented", { id: 3, author: 8 });
    assert.equal(page.document.querySelectorAll("#changed").length, 1);
});

test("a stream that is refused checks the session", async () => {
    const page = await start(list("old"), { server: () => "token" });
    page.sources[0].readyState = 2;
    page.sources[0].onerror();
    await page.settle();
    assert.deepEqual(page.calls.map((call) => call.url), ["/desk/session/"]);
});
