import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const here = new URL(".", import.meta.url);
const tests = readdirSync(here).filter((name) => name.endsWith(".test.js")).map((name) => readFileSync(new URL(name, here), "utf8"));

for (const name of readdirSync(new URL("../../gasutil/static/gasutil/", here)).filter((one) => one.endsWith(".js"))) {
    test(`${name} has a test`, () => {
        const opened = new RegExp(`\\[[^\\]]*"${name.replace(".js", "")}"[^\\]]*\\]`);
        assert.ok(tests.some((source) => opened.test(source)));
    });
}
