import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./page.js";

const bytes = (...values) => Uint8Array.from(values).buffer;
const list = (buffer) => [...new Uint8Array(buffer)];
const refusal = (name) => Object.assign(new Error(name), { name });
const LOGIN = `<form><input name="csrfmiddlewaretoken" value="token"><input name="otp" autocomplete="one-time-code" required>
    <button type="button" id="use" data-passkey-use="/desk/passkey/" data-passkey-field="passkey" hidden>Use a passkey</button></form>`;
const CREATION = { challenge: "-_8", rp: { id: "desk.test" }, user: { id: "AQ", name: "arjun" }, excludeCredentials: [{ id: "Ag", type: "public-key" }] };
const PAGE = `<form id="add" data-passkey-form hidden></form><form><input type="hidden" name="action" value="confirm-passkey">
    <button type="button" id="create" data-passkey-create='${JSON.stringify(CREATION)}' data-passkey-field="passkey" hidden>Create</button></form>`;

/** Open a page in a browser with passkeys; `credentials` replaces what asks the user. */
const start = async (body, credentials, { server, hasPasskeys = true } = {}) => {
    const sent = [];
    const page = await open(body, ["passkeys"], {
        server,
        setUp: (window) => {
            if (hasPasskeys) window.PublicKeyCredential = class {};
            Object.defineProperty(window.navigator, "credentials", { value: credentials });
            window.HTMLFormElement.prototype.requestSubmit = function () { sent.push(Object.fromEntries(new window.FormData(this))); };
        },
    });
    const press = async (selector) => { page.fire(page.find(selector), "click"); for (let turn = 0; turn < 3; turn++) await page.wait(0); await new Promise(setImmediate); };
    return { page, sent, press };
};

const SIGNED = { id: "Ag", rawId: bytes(2), type: "public-key", response: { clientDataJSON: bytes(1), authenticatorData: bytes(251, 255), signature: bytes(3), userHandle: null } };
const server = () => ({ challenge: "-_8", rpId: "desk.test", allowCredentials: [{ id: "Ag", type: "public-key", transports: ["usb"] }] });

test("a passkey signs a challenge of the server, and is sent with the form", async () => {
    let asked;
    const { page, sent, press } = await start(LOGIN, { get: async (options) => { asked = options.publicKey; return SIGNED; } }, { server });
    assert.equal(page.find("#use").hidden, false);
    await press("#use");
    assert.deepEqual([page.calls[0].url, page.calls[0].method, page.calls[0].headers["X-CSRFToken"]], ["/desk/passkey/", "POST", "token"]);
    assert.deepEqual([list(asked.challenge), asked.rpId, list(asked.allowCredentials[0].id), asked.allowCredentials[0].transports], [[251, 255], "desk.test", [2], ["usb"]]);
    assert.deepEqual(JSON.parse(sent[0].passkey), { id: "Ag", rawId: "Ag", type: "public-key", response: { clientDataJSON: "AQ", authenticatorData: "-_8", signature: "Aw" } });
    assert.equal(page.find("[name=otp]").required, false);
    await press("#use");
    assert.equal(page.document.querySelectorAll("[name=passkey]").length, 1);
});

test("a passkey is created, and sent with the form", async () => {
    let asked;
    const response = { clientDataJSON: bytes(1), attestationObject: bytes(4), getTransports: () => ["internal"] };
    const { page, sent, press } = await start(PAGE, { create: async (options) => { asked = options.publicKey; return { ...SIGNED, response }; } });
    assert.deepEqual([page.find("#add").hidden, page.find("#create").hidden], [false, false]);
    await press("#create");
    assert.deepEqual([list(asked.challenge), list(asked.user.id), list(asked.excludeCredentials[0].id)], [[251, 255], [1], [2]]);
    assert.equal(sent[0].action, "confirm-passkey");
    assert.deepEqual(JSON.parse(sent[0].passkey).response, { clientDataJSON: "AQ", attestationObject: "BA", transports: ["internal"] });
});

test("a user who cancels can try again or enter a code", async () => {
    let answer = async () => { throw refusal("NotAllowedError"); };
    const { page, sent, press } = await start(LOGIN, { get: () => answer() }, { server });
    await press("#use");
    await press("#use");
    assert.equal(page.document.querySelectorAll("[role=alert]").length, 1);
    assert.deepEqual([page.text("[role=alert]"), sent.length, page.find("#use").disabled, page.find("[name=otp]").required], ["No passkey was used. Try again, or enter a code.", 0, false, true]);
    answer = async () => SIGNED;
    await press("#use");
    assert.deepEqual([page.text("[role=alert]"), sent.length], [null, 1]);
});

for (const [name, text] of [["InvalidStateError", "This device already has a passkey for your account."], ["NotAllowedError", "No passkey was created. Try again."], ["SecurityError", "No passkey was created. Try again."]]) {
    test(`${name} is explained`, async () => {
        const { page, sent, press } = await start(PAGE, { create: async () => { throw refusal(name); } });
        await press("#create");
        assert.deepEqual([page.text("[role=alert]"), sent.length], [text, 0]);
    });
}

test("without a challenge, the page says so", async () => {
    const { page, sent, press } = await start(LOGIN, {}, { server: () => ["{}", { status: 403 }] });
    await press("#use");
    assert.deepEqual([page.text("[role=alert]"), sent.length], ["The passkey can't be used now. Reload the page, or enter a code.", 0]);
});

test("a browser without passkeys shows no button", async () => {
    for (const body of [LOGIN, PAGE]) {
        const { page } = await start(body, undefined, { hasPasskeys: false });
        assert.equal(page.document.querySelectorAll(":is(button, #add):not([hidden])").length, 0);
    }
});

test("a dialog that asks again shows its button", async () => {
    const { page } = await start(`<div id="modal"></div>`, { get: async () => SIGNED }, { server });
    page.find("#modal").innerHTML = LOGIN;
    page.htmx("afterSwap", page.find("#modal"));
    assert.equal(page.find("#use").hidden, false);
});
