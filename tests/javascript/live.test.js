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
    const page = await open(body, ["session", "connection", "live"], { url, head: HEAD, server, setUp });
    const send = (event, { id = 1, pk = 1, ...update } = {}) => {
        const data = JSON.stringify({ id, event, service_request: pk, reference: `SR-${pk}`, update });
        sources[0].dispatchEvent(Object.assign(new page.window.Event(event), { data }));
    };
    return { ...page, send, sources, posted };
};
const fetches = (page) => page.calls.filter((call) => call.url === page.window.location.href).length;
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
    const fetched = page.calls.find((call) => call.url === QUEUE);
    assert.deepEqual([page.text("td"), page.find("tr").className, fetched.headers["Desk-Background"]], ["new", "data-row just-changed", "1"]);
    await page.wait(4000);
    assert.equal(page.find("tr").className, "data-row");
});

test("nothing moves under a user who types, except the counts; it follows when they stop", async () => {
    const body = (text) => `<input id="search"><div id="tabs-items">${text}</div>${list(text)}`;
    const page = await start(body("old"), { server: () => body("new") });
    page.find("#search").focus();
    page.send("request.commented");
    await page.wait(2500);
    assert.deepEqual([page.text("td"), page.text("#tabs-items"), fetches(page)], ["old", "new", 1]);
    page.find("#search").blur();
    await page.wait(1000);
    assert.equal(page.text("td"), "new");
});

test("the page of a request is loaded again at once when the request changes", async () => {
    const url = `${QUEUE}1/`, fetched = [];
    const page = await start("", { url, server: (address) => (address === url ? "<p>new</p>" : "{}") });
    page.document.addEventListener("desk:fetched", ({ detail }) => fetched.push(detail.page.querySelector("p").textContent));
    page.send("request.commented", { id: 1, pk: 2 });  // another request: its turn is later
    page.send("request.commented", { id: 2, pk: 1 });
    await page.wait(400);
    assert.deepEqual(fetched, ["new"]);
});

test("a stream that is refused checks the session", async () => {
    const page = await start(list("old"), { server: () => "token" });
    page.sources[0].readyState = 2;
    page.sources[0].onerror();
    await page.settle();
    assert.equal(page.calls.filter((call) => call.url === "/desk/session/").length, 1);
    await page.wait(10000);
    assert.equal(page.sources.length, 2);  // it is opened again
});

test("a page whose reload fails tries again until it succeeds", async () => {
    let isDown = true;
    const server = (url) => { if (isDown && url === QUEUE) throw new TypeError("Failed to fetch"); return url === QUEUE ? list("new") : "{}"; };
    const page = await start(list("old"), { server });
    page.send("request.commented");
    await page.wait(5000);
    assert.equal(page.text("td"), "old");
    isDown = false;
    await page.wait(2000);
    assert.equal(page.text("td"), "new");
});

test("the counts follow while a row is ticked, although the first reload has them from the cache", async () => {
    let counted = "old";
    const body = () => `<div id="tabs-items">${counted}</div>${list('<input type="checkbox" checked>')}`;
    const page = await start(body(), { server: body });
    page.send("request.created");
    await page.wait(1000);
    assert.equal(page.text("#tabs-items"), "old");
    counted = "newer";
    await page.wait(4000);
    assert.equal(page.text("#tabs-items"), "newer");
    counted = "newest";  // counting is slow: the second reload had them from the cache as well
    await page.wait(12000);
    assert.equal(page.text("#tabs-items"), "newest");
});
