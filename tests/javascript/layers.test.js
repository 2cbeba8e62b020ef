import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

test("the alarms move into the dialog that opens, and back when it closes", async () => {
    const page = await open('<section id="emergency-alarms"></section><p id="toasts"></p><dialog id="modal"></dialog>', ["layers"]);
    const hosts = () => ["emergency-alarms", "toasts"].map((id) => page.document.getElementById(id).parentElement.tagName);
    page.find("dialog").setAttribute("open", "");
    await page.settle();
    assert.deepEqual(hosts(), ["DIALOG", "DIALOG"]);
    page.find("dialog").removeAttribute("open");
    await page.settle();
    assert.deepEqual(hosts(), ["BODY", "BODY"]);
});
