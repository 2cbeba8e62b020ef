import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const row = (number, { label = "", name = "", kind = "yes_no", choices = "", shown_if = "", shown_if_value = "", danger = "" }, style = "") => `
    <div class="type-row ${style}">
        <input name="q-${number}-label" value="${label}"><input name="q-${number}-name" value="${name}">
        <select name="q-${number}-kind"><option>${kind}</option></select><textarea name="q-${number}-choices">${choices}</textarea>
        <input id="if-${number}" name="q-${number}-shown_if" value="${shown_if}"><input name="q-${number}-shown_if_value" value="${shown_if_value}">
        <div><label for="d-${number}">Danger</label><textarea id="d-${number}" name="q-${number}-danger_answers">${danger}</textarea></div>
        <label class="row-remove"><input type="checkbox"></label>
    </div>`;
const start = async (...rows) => {
    const page = await open(`<section class="type-rows"><div>${rows.map((values, number) => row(number, values)).join("")}${row("x", {}, "empty-form")}</div></section>`, ["type_choices"]);
    page.fire(page.document, "DOMContentLoaded");
    const control = (name) => page.document.querySelector(`[name="q-${name}"]`);
    return { ...page, control, options: (name) => [...control(name).options].map((option) => [option.value, option.text]) };
};
const DOOR = { label: "Which door?", name: "door", kind: "one_of", choices: "red: The red one\nblue" };

test("a condition is chosen from the questions above and their answers", async () => {
    const page = await start(DOOR, { label: "Is it locked?", name: "locked", shown_if: "door", shown_if_value: "red" }, { name: "note", kind: "text" });
    assert.deepEqual(page.options("1-shown_if"), [["", "Always"], ["door", "Which door?"]]);
    assert.deepEqual(page.options("1-shown_if_value"), [["", "—"], ["red", "The red one"], ["blue", "blue"]]);
    assert.deepEqual([page.control("1-shown_if").value, page.control("1-shown_if_value").value, page.control("1-shown_if").id], ["door", "red", "if-1"]);
    assert.deepEqual(page.options("2-shown_if").map(([name]) => name), ["", "door", "locked"]);
    assert.equal(page.control("x-shown_if").tagName, "INPUT");
});

test("a value that is no longer an answer stays until someone changes it", async () => {
    const page = await start(DOOR, { name: "locked", shown_if: "door", shown_if_value: "green" });
    assert.equal(page.control("1-shown_if_value").value, "green");
    page.control("0-choices").value = "green: The green one\nblue";
    page.fire(page.control("0-choices"), "input");
    assert.deepEqual(page.options("1-shown_if_value"), [["", "—"], ["green", "The green one"], ["blue", "blue"]]);
});

test("answers that mean danger are ticked", async () => {
    const page = await start({ ...DOOR, danger: "red\ngone" }, { name: "note", kind: "text" });
    const boxes = [...page.document.querySelectorAll(".danger-choices")][0].querySelectorAll("input");
    assert.deepEqual([...boxes].map((box) => [box.value, box.checked]), [["red", true], ["blue", false], ["gone", true]]);
    boxes[1].checked = true;
    boxes[2].checked = false;
    page.fire(boxes[1], "change");
    assert.equal(page.control("0-danger_answers").value, "red\nblue");
    assert.equal(page.document.querySelectorAll(".danger-choices input").length, 2);
});
