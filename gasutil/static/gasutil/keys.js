// Keyboard shortcuts: move along a list, open, assign, reply. They are off while the user types or a dialog is open.
(() => {
    "use strict";
    const ROWS = "#result_list tr.data-row, .front-row";
    const PAGES = { h: "front", q: "queue", m: "mine" };  // names of addresses
    const say = (text) => { document.getElementById("desk-status").textContent = text; };
    const handle = (row) => row?.querySelector("[data-pk]");
    const link = (row) => row?.querySelector("th a, :scope > a");
    let current = null, going = false;  // the current request; whether `g` has been pressed

    const rows = () => [...document.querySelectorAll(ROWS)].filter(handle);
    const row = () => rows().find((one) => handle(one).dataset.pk === current);
    const mark = () => {
        for (const one of document.querySelectorAll(".is-current:is(tr, li)")) { one.classList.remove("is-current"); one.removeAttribute("aria-current"); }
        const one = row();
        one?.classList.add("is-current");
        one?.setAttribute("aria-current", "true");
        return one;
    };
    // A ticket's `j` and `k` go along the list that was shown last in this tab.
    const LIST = "desk-list";
    const keep = () => {
        const all = rows().map((one) => [handle(one).dataset.pk, link(one)?.href.split("#")[0]]);
        if (all.length) sessionStorage.setItem(LIST, JSON.stringify(all));
    };
    const turn = (by) => {
        const all = JSON.parse(sessionStorage.getItem(LIST) ?? "[]"), at = all.findIndex(([, href]) => new URL(href).pathname === location.pathname);
        const next = at < 0 ? undefined : all[at + by];
        if (next) location.href = next[1];
        else say(at < 0 ? gettext("This request is not in the last list.") : by > 0 ? gettext("This is the last request of the list.") : gettext("This is the first request of the list."));
    };
    const move = (by) => {
        if (document.body.classList.contains("ticket-page")) return turn(by);
        const all = rows(), at = all.indexOf(row());
        if (!all.length) return;
        const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
        current = handle(all[next]).dataset.pk;
        const one = mark();
        one.scrollIntoView({ block: "nearest" });
        link(one)?.focus({ preventScroll: true });
        say(interpolate(gettext("%(name)s, %(place)s of %(number)s"), { name: handle(one).textContent.trim(), place: next + 1, number: all.length }, true));
    };

    const assign = async () => {
        const button = document.querySelector("form:has(input[name=assigned_to]) button");
        if (document.body.classList.contains("ticket-page")) return button?.click();
        const one = handle(row());
        if (!one) return;
        const body = new URLSearchParams({ _form_submitted: "on", assigned_to: session.user(), version: one.dataset.version ?? "" });
        const answer = await session.call(session.url("assign", one.dataset.pk), {
            method: "POST", body, headers: { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
        });
        if (answer.headers.has("HX-Redirect")) {
            const reference = one.closest("tr, li").querySelector(".reference").textContent;
            desk.toast(interpolate(gettext("%(reference)s assigned to you"), { reference }, true));
            return desk.refresh([one.dataset.pk]);
        }
        if (answer.status === 401) return;  // the notice of session.js is shown
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        desk.toast(page.querySelector(".notice, .errorlist, [role=alert]")?.textContent.trim() || gettext("The action failed. Open the request to check its status."), { grave: true });
        return desk.refresh([]);
    };
    const reply = () => {
        const composer = document.querySelector("#composer textarea");
        if (composer) { composer.scrollIntoView({ block: "center" }); return composer.focus(); }
        const to = link(row());
        if (to) location.href = `${to.href.split("#")[0]}#composer`;
    };
    /** Open the menu of a request's other actions, with the focus on its first entry. */
    const openMenu = () => {
        const button = document.querySelector(".actions .more > .btn");
        button?.focus();
        button?.click();
    };
    const goToBulkBar = () => [...document.querySelectorAll(".bulk-verbs button")].find((button) => button.checkVisibility())?.focus();
    const help = () => document.getElementById("keys").showModal();

    const DO = {
        j: () => move(1), k: () => move(-1),
        o: () => link(row())?.click(),
        e: () => row()?.querySelector("[aria-expanded]")?.click(),
        x: () => row()?.querySelector("input.action-select")?.click(),
        a: assign, r: reply, "?": help,
        f: () => document.getElementById("searchbar")?.focus(),
        n: () => document.querySelector("[data-key=n]")?.click(),
        s: () => document.querySelector(".actions > .btn-primary[data-verb]")?.click(),
        m: openMenu, b: goToBulkBar,
        t: () => document.querySelector("[data-take-alarm]")?.click(),
        c: () => { const to = document.querySelector("meta[name=desk-urls]").dataset.new; if (to) location.href = to; },
        g: () => { going = true; setTimeout(() => { going = false; }, 1500); },
    };

    const types = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && target.type !== "checkbox";
    const hasDialog = () => document.querySelector("dialog[open]") !== null;
    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || types(event.target) || hasDialog()) return;
        const done = going && PAGES[event.key] ? () => { location.href = session.url(PAGES[event.key]); } : DO[event.key];
        going = false;
        if (!done) return;
        event.preventDefault();
        done();
    });

    // Unfold opens a row only by a click on a cell; this adds a button.
    const open = (cell, event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); cell.click(); } };
    const dress = () => {
        const head = document.querySelector("#result_list thead th:first-child");
        if (head && !head.firstElementChild) head.innerHTML = `<span class="sr-only">${gettext("More")}</span>`;
        for (const one of document.querySelectorAll("#result_list tr.data-row")) {
            const cell = one.querySelector("td[x-on\\:click]"), reference = one.querySelector(".reference");
            if (!cell || !reference || cell.firstElementChild?.hasAttribute("aria-expanded")) continue;
            if (one.nextElementSibling) one.nextElementSibling.firstElementChild.colSpan = one.cells.length;  // Unfold's "100%" makes a hundred columns
            for (const name of ["role", "tabindex", "aria-label"]) cell.removeAttribute(name);  // the button in it has them
            const button = cell.querySelector(".material-symbols-outlined");
            button.setAttribute("role", "button");
            button.setAttribute("tabindex", "0");
            button.setAttribute("aria-expanded", "false");
            button.setAttribute("aria-label", interpolate(gettext("Show more of %(reference)s"), { reference: reference.textContent }, true));
            button.addEventListener("keydown", (event) => open(cell, event));
            cell.addEventListener("click", () => button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true")));
        }
    };

    document.addEventListener("DOMContentLoaded", () => {
        if (!document.getElementById("keys")) return;
        dress();
        keep();
        document.getElementById("keys-hint").addEventListener("click", help);
        document.addEventListener("focusin", (event) => {
            const one = event.target.closest?.(ROWS);
            if (one && handle(one)) { current = handle(one).dataset.pk; mark(); }
        });
    });
    window.addEventListener("load", () => { if (location.hash === "#composer") setTimeout(reply); });  // nothing can get the focus before the page is shown
    document.addEventListener("desk:refreshed", () => { dress(); mark(); keep(); });
})();
