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
    const CACHED = 11000;  // milliseconds after which no count is from before a change, as `figures.MAX_CACHE_SECONDS`
    const RETRY = 2000, AGAIN = 10000;  // milliseconds after a failed reload, and after a rejected stream
    const PARTS = ["#tabs-items", "#nav-sidebar-apps ol"];  // reloaded on every page that has them
    const seen = new Set(), changed = new Set();
    const isQueue = () => location.pathname === session.url("queue");
    let timer = null, last = null, fetched = 0, position = 0, areCountsOld = false;

    const listen = (channel) => new Promise((end) => {
        const source = new EventSource(session.url("events"));
        for (const name of EVENTS) source.addEventListener(name, (event) => { channel.postMessage(event.data); handleEvent(event.data); });
        source.onopen = () => { if (hasFailed) connection.ask(); hasFailed = false; };  // events of that time were missed
        source.onerror = () => {
            hasFailed = true;
            connection.ask();
            if (source.readyState === EventSource.CLOSED) { session.check(); setTimeout(end, AGAIN); }  // rejected
        };
    });
    let hasFailed = false;
    const keepListening = async (channel) => { for (;;) await listen(channel); };

    const handleEvent = (data) => {
        const { id, event, service_request: pk, reference, update } = JSON.parse(data);
        if (seen.has(id)) return;
        seen.add(id);
        position = Math.max(position, id);
        connection.askSoon();
        const path = session.url("ticket", pk);
        if (location.pathname === path) return refreshNow([String(pk)]);
        const isReopened = update.previous_status === "resolved" && update.status === "in_progress";
        if (event === "request.created" || isReopened || event === "request.escalated") {
            const isLate = event === "request.escalated";
            const text = isLate ? gettext("%(reference)s is late") : isReopened ? gettext("%(reference)s reopened") : gettext("%(reference)s filed");
            toast(interpolate(text, { reference }, true), { href: path, grave: isLate, pk });
        }
        refresh([String(pk)]);
    };

    const toast = (text, { href = "", grave = false, pk = "" } = {}) => {
        const place = document.getElementById("toasts") || document.body.appendChild(Object.assign(document.createElement("div"), { id: "toasts" }));
        place.setAttribute("role", "status");
        const one = document.createElement(href ? "a" : "p");
        if (href) one.href = href;
        one.className = grave ? "toast is-grave" : "toast";
        one.textContent = text;
        if (pk) one.dataset.pk = pk;
        place.append(one);
        while (place.children.length > AT_MOST) place.firstElementChild.remove();
        setTimeout(() => one.remove(), SHOWN);
    };

    // Never while the user types, has a dialog or a menu open, or has selected rows.
    const isShown = (selector) => document.querySelector(selector)?.checkVisibility();
    const isBusy = () => document.querySelector("#result_list input:checked") || document.querySelector("dialog[open]") || isShown(".more-menu") || isShown("#changelist-filter")
        || /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName);

    /** Reload the page's contents soon, and mark the changes. The counts are cached, for longer where counting is slow: reload again after the last change, and at last when none of them can be older. */
    const refresh = (pks, again = true) => {
        for (const pk of pks) changed.add(pk);
        if (again) {
            setTimeout(() => refresh([], false), PAUSE);
            clearTimeout(last);
            last = setTimeout(() => refresh([], false), CACHED);
        }
        areCountsOld = true;  // after the pause as well: those of the first reload came from the cache
        if (timer) return;
        const look = async () => {
            timer = null;
            const mustWait = isBusy();
            if (document.hidden || session.hasEnded() || (mustWait && !areCountsOld)) { timer = setTimeout(look, 1000); return; }
            fetched = Date.now();
            areCountsOld = false;
            const answer = await session.call(location.href, { headers: { "Desk-Background": "1" } }).catch(() => null);
            const page = answer?.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
            const isHeld = mustWait || isBusy();
            if (page) document.dispatchEvent(new CustomEvent("desk:fetched", { detail: { page, isHeld } }));
            if (page && isHeld) replaceCounts(page);
            else if (page) swap(page);
            if (!answer || answer.status >= 500) connection.ask();
            if (mustWait || !answer || answer.status >= 500) timer ??= setTimeout(look, mustWait ? 1000 : RETRY);
        };
        const pause = isQueue() || document.querySelector("[data-live]") ? PAUSE : ELSEWHERE;  // other pages only reload the counts
        timer = setTimeout(look, Math.max(SOON, fetched + pause - Date.now()));
    };

    const refreshNow = (pks) => { clearTimeout(timer); timer = null; fetched = 0; refresh(pks); };

    const swap = (page) => {
        const before = places();
        const focus = document.activeElement?.closest("[data-pk], tr.data-row, .front-row")?.querySelector("[data-pk]")?.dataset.pk;
        for (const old of document.querySelectorAll("[data-live][id]")) replace(old, page.getElementById(old.id));
        if (isQueue()) replaceList(page);
        replaceCounts(page);
        settle(before);
        if (focus) document.querySelector(`[data-pk="${focus}"]`)?.closest("a, .front-row")?.focus({ preventScroll: true });
        document.dispatchEvent(new CustomEvent("desk:refreshed"));
    };
    const replaceCounts = (page) => {
        for (const selector of PARTS) {
            const fresh = page.querySelectorAll(selector);
            document.querySelectorAll(selector).forEach((old, number) => { if (fresh.length === document.querySelectorAll(selector).length) replace(old, fresh[number]); });
        }
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

    document.addEventListener("DOMContentLoaded", () => {
        if (!session.user() || !navigator.locks || !window.BroadcastChannel) return;
        const channel = new BroadcastChannel("gasutil-events");
        channel.onmessage = (event) => handleEvent(event.data);
        navigator.locks.request("gasutil-events", () => keepListening(channel));
    });
    /** Return whether the user has text in a dialog or in the composer, or is writing. */
    const isWriting = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName) || [...document.querySelectorAll("dialog[open] textarea, #composer textarea")].some((field) => field.value.trim());
    return { toast, isWriting, position: () => position, refresh: refreshNow };
})();
