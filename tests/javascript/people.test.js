import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const PEOPLE = [["", "Unassigned"], ["1", "Arjun Nair (2 open · North)"], ["2", "José Mathew (0 open · South)"], ["3", "Priya Nair (5 open · South)"]];
const start = async (chosen = "") => {
    const list = PEOPLE.map(([value, text]) => `<option value="${value}" ${value === chosen ? "selected" : ""}>${text}</option>`).join("");
    const page = await open(`<form><input type="search" data-searches="people"><select id="people">${list}</select></form>`, ["people"]);
    const search = page.find("input"), select = page.find("select");
    return {
        ...page, search, select,
        values: () => [...select.options].map((option) => option.value),
        type: (text) => { search.value = text; page.fire(search, "input"); },
    };
};

test("parts of a name and of a team find a representative, who is chosen", async () => {
    const page = await start();
    page.type("nair sou");
    assert.deepEqual([page.values(), page.select.value], [["3"], "3"]);
    page.type("jose");
    assert.deepEqual([page.values(), page.select.value], [["2"], "2"]);
    page.type("");
    assert.deepEqual([page.values(), page.select.value], [["", "1", "2", "3"], "2"]);
});

test("a choice that matches stays", async () => {
    const page = await start("3");
    page.type("nair");
    assert.deepEqual([page.values(), page.select.value], [["1", "3"], "3"]);
});

test("without a match nothing changes, and the form can't be sent", async () => {
    const page = await start("1");
    page.type("nobody");
    assert.deepEqual([page.values(), page.select.value], [["", "1", "2", "3"], "1"]);
    assert.equal(page.search.validationMessage, "No representative matches.");
    page.type("pri");
    assert.deepEqual([page.search.validationMessage, page.select.value], ["", "3"]);
});

test("Enter and the down arrow lead to the list, and send nothing", async () => {
    const page = await start();
    for (const key of ["Enter", "ArrowDown"]) {
        page.search.focus();
        page.type("pri");
        assert.equal(page.fire(page.search, "keydown", { key }), false);
        assert.equal(page.document.activeElement, page.select);
    }
});
