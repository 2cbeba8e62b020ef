import assert from "node:assert/strict";
import { test } from "node:test";
import { HEAD, open } from "./page.js";

const BODY = `<section id="emergency-alarms"><div></div></section><input name="csrfmiddlewaretoken" value="token"><div id="composer"><textarea></textarea></div>
    <section data-alarm-settings><input type="checkbox" name="sound"><input type="checkbox" name="notification"><button></button><p role="status"></p></section>`;
const alarm = (pk, said = "Unassigned") => ({
    key: `${pk} today`, title: "Gas leak", text: "7 Shanti Nagar", url: `/desk/requests/${pk}/`,
    html: `<article data-pk="${pk}"><time>4 min left</time> ${said} <button data-take-alarm="${pk}">Take</button></article>`,
});
const state = (alarms, more = {}) => ({ alarms, number: alarms.length, unverified: 0, latest: 1, ...more });

const start = async ({ server, chosen, permission = "granted" } = {}) => {
    const tones = [], notes = [], toasts = [];
    const setUp = (window) => {
        window.navigator.locks = { request: (_, run) => run() };
        window.connection = { ask: () => {} };
        window.desk = { isWriting: () => window.document.querySelector("textarea").value !== "", toast: (text, about) => toasts.push(JSON.stringify([text, about])) };
        window.AudioContext = class {
            currentTime = 0;
            createOscillator() { tones.push(window.Date.now()); return { frequency: {}, connect: (next) => next, start() {}, stop() {} }; }
            createGain() { return { gain: {}, connect: () => {} }; }
        };
        window.Notification = class { constructor(title, about) { notes.push([title, about.body, about.tag]); } };
        Object.assign(window.Notification, { permission, requestPermission: async () => permission });
        if (chosen) window.localStorage.setItem("alarm:7", JSON.stringify(chosen));
    };
    const page = await open(BODY, ["session", "alarm"], { head: `${HEAD}<title>Queue</title>`, server, setUp });
    const live = (detail) => page.document.dispatchEvent(new page.window.CustomEvent("desk:live", { detail }));
    const shown = () => [...page.document.querySelectorAll("#emergency-alarms > div > *")].map((one) => one.textContent.replace(/\s+/g, " ").trim());
    return { ...page, live, shown, tones, notes, toasts };
};

test("an alarm stays as long as the server has it, and the title has the number", async () => {
    const page = await start();
    page.live(state([alarm(1), alarm(2)]));
    assert.deepEqual([page.shown().length, page.document.title], [2, "(2) Queue"]);
    const card = page.find("article");
    page.live(state([alarm(1), alarm(2)]));
    assert.equal(page.find("article"), card);  // the same element: it is not announced again
    page.live(state([alarm(2)]));
    assert.deepEqual([page.find("article").dataset.pk, page.document.title], ["2", "(1) Queue"]);
    page.live(state([]));
    assert.deepEqual([page.shown(), page.document.title], [[], "Queue"]);
});

test("an alarm that changes keeps the focus, and the rest is counted", async () => {
    const page = await start();
    page.live(state([alarm(1)]));
    page.find("button").focus();
    page.live(state([alarm(1, "Meera has not acknowledged it.")], { number: 4, unverified: 12 }));
    assert.equal(page.document.activeElement, page.find("button"));
    assert.deepEqual(page.shown().slice(1), ["3 more emergencies wait · 12 unverified reports wait"]);
    assert.equal(page.document.title, "(16) Queue");
});

test("Take keeps the page of a user who is writing", async () => {
    const page = await start({ server: () => ({ message: "SR-1 assigned to you.", url: "/desk/requests/1/" }) });
    page.live(state([alarm(1)]));
    page.find("textarea").value = "Half a sentence";
    page.find("[data-take-alarm]").click();
    await page.settle();
    await page.settle();
    assert.deepEqual([page.calls[0].url, page.calls[0].headers["X-CSRFToken"]], ["/desk/requests/1/take/", "token"]);
    assert.deepEqual([page.toasts, page.shown()], [['["SR-1 assigned to you.",{"href":"/desk/requests/1/"}]'], []]);
});

test("Take says why it failed, and the alarm stays", async () => {
    const page = await start({ server: () => [{ message: "Meera has already taken SR-1." }, { status: 409 }] });
    page.live(state([alarm(1)]));
    page.find("[data-take-alarm]").click();
    await page.settle();
    await page.settle();
    assert.deepEqual([page.toasts, page.shown().length], [['["Meera has already taken SR-1.",{"grave":true}]'], 1]);
});

test("sound and notifications are off at first", async () => {
    const page = await start();
    page.live(state([alarm(1)]));
    assert.deepEqual([page.tones, page.notes], [[], []]);
});

test("the sound is repeated every 30 seconds, and each alarm is notified once", async () => {
    const page = await start({ chosen: { sound: true, notification: true } });
    page.live(state([alarm(1)]));
    assert.deepEqual([page.tones.length, page.notes], [3, [["Gas leak", "7 Shanti Nagar", "alarm 1 today"]]]);
    page.live(state([alarm(1)]));
    assert.equal(page.tones.length, 3);
    await page.wait(30000);
    page.live(state([alarm(1)]));
    assert.deepEqual([page.tones.length, page.notes.length], [6, 1]);
    page.live(state([]));
    assert.equal(page.tones.length, 6);
});

test("a choice is stored in the browser; notifications need its permission", async () => {
    const page = await start({ permission: "denied" });
    for (const name of ["sound", "notification"]) page.find(`[name=${name}]`).click();
    await page.settle();
    assert.deepEqual(JSON.parse(page.window.localStorage.getItem("alarm:7")), { sound: true });
    assert.equal(page.find("[name=notification]").checked, false);
    assert.match(page.text("[role=status]"), /does not allow notifications/);
});
