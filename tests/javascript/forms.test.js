import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

test("a question is shown only where another has the answer it needs, and not below a hidden one", async () => {
    const page = await open(`<form id="intake"><input name="q"><input type="checkbox" name="smell" value="yes">
        <p data-shown-if="smell" data-shown-value="yes"><input name="where" value="cellar"></p>
        <p data-shown-if="where" data-shown-value="cellar"><input name="since"></p></form>`, ["session", "intake"], { setUp: (window) => { window.CSS = { escape: (text) => text }; } });
    const hidden = () => [...page.document.querySelectorAll("p")].map((one) => one.hidden);
    assert.deepEqual(hidden(), [true, true]);
    page.find("[name=smell]").click();
    assert.deepEqual(hidden(), [false, false]);
    page.find("[name=where]").value = "kitchen";
    page.fire(page.find("[name=where]"), "change");
    assert.deepEqual(hidden(), [false, true]);
});

test("a form that does something is sent once, and again after the user comes back", async () => {
    const page = await open("<form data-once></form><form id='other'></form>", ["bulk"]), send = (selector) => page.fire(page.find(selector), "submit");
    assert.deepEqual([send("[data-once]"), send("[data-once]"), send("#other"), send("#other")], [true, false, true, true]);
    page.fire(page.window, "pageshow");
    assert.equal(send("[data-once]"), true);
});

test("a list that was loaded again is counted once", async () => {
    const counted = [];
    const page = await open('<div class="result-list-wrapper"><table id="result_list"><tbody><tr><td><input class="action-select"></td></tr></tbody></table></div>',
        ["bulk"], { setUp: (window) => { window.Actions = (boxes) => counted.push(boxes.length); } });
    page.htmx("afterSettle", page.document.body);
    page.htmx("afterSettle", page.document.body);
    assert.deepEqual(counted, [1]);
});

test("a variable is inserted at the caret", async () => {
    const page = await open('<textarea data-gaps>Dear !</textarea><button data-gap="{name}"></button>', ["variable_buttons"]), text = page.find("textarea");
    text.setSelectionRange(5, 5);
    page.find("button").click();
    assert.deepEqual([text.value, page.document.activeElement === text], ["Dear {name}!", true]);
});

test("clickable elements that are no buttons can be reached and pressed by keys, and have names", async () => {
    const page = await open('<span id="x" x-on:click="open"><i class="material-symbols-outlined">close</i></span><span id="y" x-on:click="open">Filters</span>', ["keyboard_access"]);
    const one = page.find("#x"), clicks = [];
    assert.deepEqual([one.tabIndex, one.getAttribute("role"), one.ariaLabel, page.find("#y").ariaLabel ?? null], [0, "button", "Close", null]);
    one.addEventListener("click", () => clicks.push("x"));
    one.focus();
    page.press(" ", one);
    page.press("x", one);
    assert.deepEqual(clicks, ["x"]);
});

for (const [stored, theme] of [['"dark"', "dark"], ["light", "light"], ["auto", undefined], ["<b>", undefined]]) {
    test(`a stored theme ${stored} makes the plain pages ${theme ?? "follow the system"}`, async () => {
        const page = await open("", ["theme"], { setUp: (window) => window.localStorage.setItem("adminTheme", stored) });
        assert.equal(page.document.documentElement.dataset.theme, theme);
    });
}

test("charts are painted in the colours of the theme, and again when it changes", async () => {
    const chart = { data: { datasets: [{ token: "--late" }] }, options: { scales: { x: { ticks: {}, grid: {} } }, plugins: { legend: { labels: {} } } }, update: () => {} };
    const page = await open('<style>:root { --late: red; --chart-ink: black } :root.dark { --late: pink }</style><canvas class="chart"></canvas>', ["charts"],
        { setUp: (window) => { window.Chart = { getChart: () => chart }; } });
    await page.wait(0);
    assert.deepEqual([chart.data.datasets[0].backgroundColor, chart.options.scales.x.ticks.color], ["red", "black"]);
    page.document.documentElement.className = "dark";
    await page.settle();
    await page.wait(0);
    assert.equal(chart.data.datasets[0].borderColor, "pink");
});

test("a page to print prints itself when asked", async () => {
    const printed = [];
    const page = await open("<button data-print></button>", ["story"], { setUp: (window) => { window.print = () => printed.push("page"); } });
    page.find("button").click();
    assert.deepEqual(printed, ["page"]);
});
