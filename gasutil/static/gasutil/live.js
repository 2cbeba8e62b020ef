// Live updates: a toast, a reload of the queue and the figures, and a notice on a ticket that has changed since it was opened.
// One tab of a browser listens and forwards to the others, so that many tabs need one connection.
// biome-ignore lint/correctness/noUnusedVariables: other scripts use it
const desk = (() => {
    "use strict";
    const EVENTS = [
        "created", "status_changed", "assigned", "prioritised", "reclassified", "commented", "milestone", "escalated", "attachment_added", "attachment_removed", "joined", "left",
    ].map((name) => `request.${name}`);
    const SHOWN = 8000, AT_MOST = 3;  // milliseconds of a toast, and how many
    const SOON = 400, PAUSE = 3000, ELSEWHERE = 15000;  // milliseconds before the page is reloaded, and at least between two reloads
    const PARTS = ["#tabs-items", "#nav-sidebar-apps ol"];  // reloaded on every page that has them
    const seen = new Set(), changed = new Set();
    const isQueue = () => location.pathname === session.url("queue");
    let timer = null, fetched = 0;

    const listen = (channel) => new Promise((end) => {
        const source = new EventSource(session.url("events"));
        for (const name of EVENTS) source.addEventListener(name, (event) => { channel.postMessage(event.data); handleEvent(event.data); });
        source.onerror = () => { if (source.readyState === EventSource.CLOSED) { end(); session.check(); } };  // rejected: another page will try
    });

    const handleEvent = (data) => {
        const { id, event, service_request: pk, reference, update } = JSON.parse(data);
        if (seen.has(id)) return;
        seen.add(id);
        const path = session.url("ticket", pk);
        if (location.pathname === path) return session.user() === String(update.author) ? undefined : warn();
        const isReopened = update.previous_status === "resolved" && update.status === "in_progress";
        if (event === "request.created" || isReopened || event === "request.escalated") {
            const isLate = event === "request.escalated";
            const text = isLate ? gettext("%(reference)s is late") : isReopened ? gettext("%(reference)s reopened") : gettext("%(reference)s filed");
            toast(interpolate(text, { reference }, true), { href: path, grave: isLate });
        }
        refresh([String(pk)]);
    };

    const toast = (text, { href = "", grave = false } = {}) => {
        const place = document.getElementById("toasts") || document.body.appendChild(Object.assign(document.createElement("div"), { id: "toasts" }));
        place.setAttribute("role", "status");
        const one = document.createElement(href ? "a" : "p");
        if (href) one.href = href;
        one.className = grave ? "toast is-grave" : "toast";
        one.textContent = text;
        place.append(one);
        while (place.children.length > AT_MOST) place.firstElementChild.remove();
        setTimeout(() => one.remove(), SHOWN);
    };

    // Never while the user types, has a dialog or a menu open, or has selected rows.
    const isShown = (selector) => document.querySelector(selector)?.checkVisibility();
    const isBusy = () => document.querySelector("#result_list input:checked") || isShown("#modal-content") || isShown(".more-menu") || isShown("#changelist-filter")
        || /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName);

    /** Reload the page's contents soon, and mark the changes. The counts are cached for two seconds, so reload again after the last change. */
    const refresh = (pks, again = true) => {
        for (const pk of pks) changed.add(pk);
        if (again) setTimeout(() => refresh([], false), PAUSE);
        if (timer) return;
        const look = async () => {
            timer = null;
            if (isBusy() || document.hidden || session.hasEnded()) { timer = setTimeout(look, 1000); return; }
            fetched = Date.now();
            const answer = await session.call(location.href, { headers: { "Desk-Background": "1" } }).catch(() => null);
            if (answer?.ok && !answer.redirected && !isBusy()) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
        };
        const pause = isQueue() || document.querySelector("[data-live]") ? PAUSE : ELSEWHERE;  // other pages only reload the counts
        timer = setTimeout(look, Math.max(SOON, fetched + pause - Date.now()));
    };

    const swap = (page) => {
        const before = places();
        const focus = document.activeElement?.closest("[data-pk], tr.data-row, .front-row")?.querySelector("[data-pk]")?.dataset.pk;
        for (const old of document.querySelectorAll("[data-live][id]")) replace(old, page.getElementById(old.id));
        if (isQueue()) replaceList(page);
        for (const selector of PARTS) {
            const fresh = page.querySelectorAll(selector);
            document.querySelectorAll(selector).forEach((old, number) => { if (fresh.length === document.querySelectorAll(selector).length) replace(old, fresh[number]); });
        }
        settle(before);
        if (focus) document.querySelector(`[data-pk="${focus}"]`)?.closest("a, .front-row")?.focus({ preventScroll: true });
        document.dispatchEvent(new CustomEvent("desk:refreshed"));
    };
    const replace = (old, fresh) => {
        if (!fresh || old.innerHTML === fresh.innerHTML) return;
        old.replaceWith(document.adoptNode(fresh));
        htmx.process(fresh);
    };
    const replaceList = (page) => {
        const list = document.getElementById("result_list"), fresh = page.getElementById("result_list");
        if (!list || !fresh) return replace(document.getElementById("changelist-form"), page.getElementById("changelist-form"));  // one of them is empty
        const open = new Set([...list.querySelectorAll("[aria-expanded=true]")].map((one) => pkOf(one.closest("tr"))));
        replace(list, fresh);
        for (const one of document.querySelectorAll("#result_list tr.data-row")) if (open.has(pkOf(one))) requestAnimationFrame(() => one.querySelector("td[x-on\\:click]").click());
    };

    // Animate a row that has moved, and mark one that has changed for a moment.
    const pkOf = (row) => row?.querySelector("[data-pk]")?.dataset.pk;
    const allRows = () => document.querySelectorAll("#result_list tr.data-row, .front-row");
    const places = () => new Map([...allRows()].map((row) => [pkOf(row), row.getBoundingClientRect().top]));
    const settle = (before) => {
        const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
        for (const row of allRows()) {
            const pk = pkOf(row), by = (before.get(pk) ?? NaN) - row.getBoundingClientRect().top;
            if (by && !isStill && Math.abs(by) < innerHeight) row.animate([{ transform: `translateY(${by}px)` }, {}], { duration: 250, easing: "ease-out" });
            if (!changed.has(pk)) continue;
            row.classList.add("just-changed");
            setTimeout(() => row.classList.remove("just-changed"), 4000);
        }
        changed.clear();
    };

    const warn = () => {
        if (document.getElementById("changed")) return;
        const note = document.createElement("div");
        note.id = "changed";
        note.className = "notice notice-warn";
        note.setAttribute("role", "status");
        const said = document.createElement("p");
        said.textContent = gettext("This request has changed since you opened it.");
        const button = document.createElement("a");
        button.className = "btn";
        button.href = location.href;
        button.textContent = gettext("Reload");
        note.append(said, button);
        document.querySelector(".headline")?.prepend(note);
    };

    document.addEventListener("DOMContentLoaded", () => {
        if (!session.user() || !navigator.locks || !window.BroadcastChannel) return;
        const channel = new BroadcastChannel("gasutil-events");
        channel.onmessage = (event) => handleEvent(event.data);
        navigator.locks.request("gasutil-events", () => listen(channel));
    });
    return { toast, refresh: (pks) => { fetched = 0; refresh(pks); } };
})();
