import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const here = new URL(".", import.meta.url);
const STATIC = new URL("../../gasutil/static/gasutil/", here);
const scripts = readdirSync(STATIC).filter((one) => one.endsWith(".js"));
const tests = readdirSync(here).filter((name) => name.endsWith(".test.js")).map((name) => readFileSync(new URL(name, here), "utf8"));

for (const name of scripts) {
    test(`${name} has a test`, () => {
        const opened = new RegExp(`\\[[^\\]]*"${name.replace(".js", "")}"[^\\]]*\\]`);
        assert.ok(tests.some((source) => opened.test(source)));
    });
}

const LITERAL = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g;
const PATH = /(^|\})(\.{0,2}\/\w|https?:)|\w\/($|\$\{)/;

/** Return the string literals of a script that hold a path. */
const paths = (source) => [...source.matchAll(LITERAL)].map((found) => found[1] ?? found[2] ?? found[3]).filter((text) => PATH.test(text));

test("a path is distinguished from other text", () => {
    const source = String.raw`f("/admin/", \`/x/\${pk}\`, \`\${queue}/change\`, "../assign/", "https://desk.test", "text/html", "/", "1/2")`.replaceAll("\\", "");
    assert.deepEqual(paths(source).map((path) => path.replace("$", "")), ["/admin/", "/x/{pk}", "{queue}/change", "../assign/", "https://desk.test"]);
});

for (const name of scripts) {
    test(`${name} takes its addresses from the page`, () => {
        assert.deepEqual(paths(readFileSync(new URL(name, STATIC), "utf8").replace(/^\s*\/\/.*$/gm, "")), []);
    });
}
