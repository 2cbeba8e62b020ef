// The forms of the catalogue in the validators and renderers that apps use, without code for this API.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import addFormats from "ajv-formats";
import Ajv2020 from "ajv/dist/2020.js";
import { JSDOM } from "jsdom";

const FORMS = Object.entries(JSON.parse(readFileSync(new URL("var/forms.json", import.meta.url), "utf8")));
const { window } = new JSDOM("<!doctype html>", { url: "https://app.example.com/", pretendToBeVisual: true });
Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true });
for (const name of ["navigator", "HTMLElement", "Element", "Node", "Event", "File", "FileReader", "MutationObserver", "getComputedStyle"]) {
    globalThis[name] ??= window[name];
}

// They look for a document when they are loaded.
const { act, createElement } = await import("react");
const { createRoot } = await import("react-dom/client");
const { default: Form } = await import("@rjsf/core");
const { customizeValidator } = await import("@rjsf/validator-ajv8");
const { JsonForms } = await import("@jsonforms/react");
const { vanillaCells, vanillaRenderers } = await import("@jsonforms/vanilla-renderers");

const ajv = () => addFormats(new Ajv2020({ strict: true, allErrors: true, verbose: true }));
const LIBRARIES = {
    rjsf: (schema, data) => createElement(Form.default ?? Form, { schema, formData: data, validator: customizeValidator({ AjvClass: Ajv2020 }) }),
    "JSON Forms": (schema, data) => createElement(JsonForms, { schema, data, ajv: ajv(), renderers: vanillaRenderers, cells: vanillaCells }),
};

/** Return the element in which a library has rendered a form. */
const rendered = async (library, schema, data = {}) => {
    const place = document.createElement("div");
    document.body.replaceChildren(place);
    await act(async () => createRoot(place).render(LIBRARIES[library](schema, data)));
    return place;
};

const labels = (place) => [...place.querySelectorAll("label, legend")].map((label) => label.textContent.replace(/\*$/, "").trim());

const choices = (place) => [...labels(place), ...[...place.querySelectorAll("option")].map((option) => option.label)];

/** Return the questions that a schema asks without any answer, as the validator has it: none that depends on another. */
const asked = (schema) => {
    const isAllowed = ajv().compile({ ...schema, required: [] });
    const refusals = (name) => isAllowed({ [name]: null }) ? [] : isAllowed.errors;
    return Object.keys(schema.properties).filter((name) => !refusals(name).some((error) => error.keyword === "false schema"));
};

// What a library writes in place of a part that it can't render, and what it warns of.
const FAILURES = /unsupported field|unknown field type|no applicable/i;

for (const [code, schema] of FORMS) {
    test(`${code} compiles in ajv's strict mode`, () => {
        assert.equal(typeof ajv().compile(schema), "function");
    });
    for (const library of Object.keys(LIBRARIES)) {
        test(`${library} renders ${code}`, async (t) => {
            const warnings = ["warn", "error"].map((level) => t.mock.method(console, level, () => {}));
            const place = await rendered(library, schema);
            assert.deepEqual(warnings.flatMap(({ mock }) => mock.calls.map((call) => String(call.arguments))), []);
            assert.doesNotMatch(place.textContent, FAILURES);
            // Only rjsf hides what is not asked; JSON Forms shows it.
            const names = library === "rjsf" ? asked(schema) : Object.keys(schema.properties);
            const missing = names.map((name) => schema.properties[name].title).filter((title) => !labels(place).includes(title));
            assert.deepEqual(missing, []);
            assert.ok(place.querySelectorAll("input, select, textarea, button").length >= names.length);
            const titles = names.flatMap((name) => schema.properties[name].oneOf ?? []).map(({ title }) => title);
            assert.deepEqual(titles.filter((title) => !choices(place).includes(title)), []);
        });
    }
}

test("rjsf asks a question that depends on another after its answer", async () => {
    const { dependent } = Object.fromEntries(FORMS);
    assert.deepEqual(asked(dependent), ["asks"]);
    assert.ok(!labels(await rendered("rjsf", dependent)).includes("What is phone?"));
    assert.ok(labels(await rendered("rjsf", dependent, { asks: true })).includes("What is phone?"));
});
