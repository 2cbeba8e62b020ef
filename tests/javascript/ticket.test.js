import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const line = (id, author, sentence, { notes = "", own = false } = {}) => `<li class="line" id="update-${id}" data-author="${author}" data-sentence="${sentence}"${own ? " data-own" : ""}>${notes && `<p class="notes">${notes}</p>`}</li>`;
const ticket = (version, lines, actions = "Start work") => `<section id="ticket-headline" data-version="${version}"><button>${actions}</button></section><aside id="ticket-side">${version}</aside>
    <div id="ticket-news"></div><form id="composer"><textarea></textarea><input name="version" value="1"></form><ol id="timeline">${lines}</ol>`;
const FIRST = line(1, "Priya", "filed the request");
const REOPENED = line(2, "Priya", "reopened the request", { notes: "It smells again" });

const start = async () => {
    const page = await open(ticket(1, FIRST), ["ticket"]);
    const fetched = (html, isHeld = false) => page.document.dispatchEvent(new page.window.CustomEvent("desk:fetched", { detail: { page: new page.window.DOMParser().parseFromString(html, "text/html"), isHeld } }));
    return { ...page, fetched };
};

test("new lines are marked, and the strip at the composer says what others did", async () => {
    const page = await start();
    page.fetched(ticket(2, REOPENED + FIRST, "Record"));
    assert.equal(page.text("#ticket-news a"), "Priya reopened the request: It smells again");
    assert.equal(page.find("#ticket-news a").getAttribute("href"), "#update-2");
    assert.deepEqual([...page.document.querySelectorAll(".just-changed")].map((one) => one.id), ["update-2"]);
    assert.deepEqual([page.text("#ticket-headline"), page.text("#ticket-side"), page.find("[name=version]").value], ["Record", "2", "2"]);
    await page.wait(8000);
    assert.equal(page.find(".just-changed"), null);
    page.find("#ticket-news button").click();
    assert.equal(page.find("#ticket-news").innerHTML, "");
});

test("while the user types, the timeline alone follows", async () => {
    const page = await start();
    page.type("textarea", "Half a sentence");
    page.fetched(ticket(2, REOPENED + FIRST, "Record"), true);
    assert.deepEqual([page.text("#ticket-headline"), page.document.querySelectorAll("li.line").length, page.find("[name=version]").value], ["Start work", 2, "1"]);
    page.fetched(ticket(2, REOPENED + FIRST, "Record"));
    assert.deepEqual([page.text("#ticket-headline"), page.find("textarea").value, page.find("[name=version]").value], ["Record", "Half a sentence", "1"]);
});

test("the user's own lines are no news, and the focus stays on its button", async () => {
    const page = await start();
    page.find("#ticket-headline button").focus();
    page.fetched(ticket(2, line(2, "Meera", "added a note", { own: true }) + FIRST));
    assert.deepEqual([page.find("#ticket-news").innerHTML, page.document.activeElement], ["", page.find("#ticket-headline button")]);
});

test("three are the most, and the newest is the first", async () => {
    const page = await start();
    for (let number = 2; number < 6; number += 1) page.fetched(ticket(number, line(number, "Priya", `did ${number}`) + FIRST));
    assert.deepEqual([...page.document.querySelectorAll("#ticket-news a")].map((one) => one.textContent), ["Priya did 5", "Priya did 4", "Priya did 3"]);
});
