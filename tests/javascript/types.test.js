import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const USES = { text: ["minimum", "maximum", "pattern"], one_of: ["choices"], date: ["minimum", "maximum"] };
const field = (name, value) => `<textarea name="q-0-${name}">${value}</textarea>`;
const start = (values = {}) => {
    const rows = {};
    const fields = Object.entries({ label: "", name: "", kind: "", choices: "", minimum: "", maximum: "", shown_if: "", shown_if_value: "", ...values });
    const body = `<div data-uses='${JSON.stringify(USES)}'><div class="original">${fields.map((one) => field(...one)).join("")}</div></div>
        <input id="id_name"><input id="id_code"><input id="id_icon">`;
    const setUp = (window) => { window.Alpine = { data: (name, make) => { rows[name] = make; } }; };
    return open(body, ["type_choices", "types"], { setUp }).then((page) => {
        page.fire(page.document, "alpine:init");
        const row = Object.assign(Object.create({}, Object.getOwnPropertyDescriptors(rows.typeRow())), { $root: page.find(".original") });
        row.init();
        return { ...page, row, change: (name, value) => { page.find(`[name$='-${name}']`).value = value; row.read({ target: page.find(`[name$='-${name}']`) }); } };
    });
};

test("a question's code follows its label until there is one", async () => {
    const page = await start();
    page.change("label", "  2. Zähler-Nummer (neu)!");
    assert.equal(page.row.value("name"), "zahler_nummer_neu");
    page.change("name", "meter");
    page.change("label", "Another label");
    assert.equal(page.row.value("name"), "meter");
});

test("a closed row sums up what its kind uses, and nothing else", async () => {
    const page = await start({ name: "door", kind: "one_of", choices: "red\n\nblue\n", minimum: "3" });
    assert.deepEqual([page.row.summary, page.row.open], ["door · 2 choices", false]);
    page.change("kind", "date");
    assert.equal(page.row.summary, "door · from 3 days from today");
    page.change("shown_if", "floor");
    page.change("shown_if_value", "2");
    assert.equal(page.row.summary, "door · from 3 days from today · only if floor is 2");
});

test("a row that lacks its choices opens", async () => {
    const page = await start({ name: "door", kind: "text" });
    assert.equal(page.row.open, false);
    page.change("kind", "one_of");
    assert.equal(page.row.open, true);
});

test("a type's code follows its name until someone writes one, and its symbol is shown", async () => {
    const page = await start();
    page.type("#id_name", "Gas leak");
    assert.deepEqual([page.find("#id_code").value, page.text(".icon-shown")], ["gas_leak", "category"]);
    page.type("#id_code", "leak");
    page.type("#id_name", "Something else");
    page.type("#id_icon", "bolt");
    assert.deepEqual([page.find("#id_code").value, page.text(".icon-shown")], ["leak", "bolt"]);
});

test("dragged rows are numbered in their order", async () => {
    const rows = ["empty-form", "", ""].map((name) => `<div class="form-group ${name}"><input name="x-position"></div>`).join("");
    const page = await open(`<section>${rows}</section>`, ["type_choices", "types"], { setUp: (window) => { window.Alpine = {}; } });
    page.tab("typeRows").sorting.onEnd({ from: page.find("section") });
    assert.deepEqual([...page.document.querySelectorAll("input")].map((one) => one.value), ["", "0", "1"]);
});
