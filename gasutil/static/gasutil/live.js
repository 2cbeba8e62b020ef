// What happens is told as it happens: a toast, the queue anew, and a word on a ticket that has changed meanwhile.
// One tab of a browser listens and tells the others, so that many tabs cost one connection.
(() => {
    "use strict";
    if (!navigator.locks || !window.BroadcastChannel) return;
    const QUEUE = "/admin/gasutil/servicerequest/";
    const WORDS = {
        "request.created": "was filed", "request.status_changed": "is now", "request.assigned": "was assigned",
        "request.prioritised": "has another priority", "request.reclassified": "is of another type", "request.commented": "has a new message", "request.milestone": "has come a step further",
        "request.escalated": "is late", "request.attachment_added": "has a new file", "request.attachment_removed": "has a file less",
        "request.joined": "was joined to an incident", "request.left": "was taken out of its incident",
    };
    const SHOWN = 8000, AT_MOST = 3;  // milliseconds of a toast, and how many
    const channel = new BroadcastChannel("gasutil-events");
    const seen = new Set();
    const user = () => document.querySelector("meta[name=desk-user]")?.content;
    let stale = false;

    const listen = () => new Promise((end) => {
        const source = new EventSource("/api/v1/events/");
        for (const name of Object.keys(WORDS)) {
            source.addEventListener(name, (event) => { channel.postMessage(event.data); told(event.data); });
        }
        source.onerror = () => { if (source.readyState === EventSource.CLOSED) end(); };  // refused: another page will try
    });

    const told = (data) => {
        const { id, event, service_request: pk, reference, update } = JSON.parse(data);
        if (seen.has(id)) return;
        seen.add(id);
        const mine = user() === String(update.author);
        const path = `${QUEUE}${pk}/change/`;
        if (location.pathname === path) return mine ? undefined : changed();
        if (event === "request.created" || event === "request.escalated") toast(path, event, reference, update);
        if (location.pathname === QUEUE) refresh();
    };

    const toast = (path, event, reference, update) => {
        const place = document.getElementById("toasts") || document.body.appendChild(Object.assign(document.createElement("div"), { id: "toasts" }));
        place.setAttribute("role", "status");
        const one = document.createElement("a");
        one.href = path;
        one.className = event === "request.escalated" ? "toast is-grave" : "toast";
        one.textContent = `${reference} ${WORDS[event]}`;
        place.append(one);
        while (place.children.length > AT_MOST) place.firstElementChild.remove();
        setTimeout(() => one.remove(), SHOWN);
    };

    // Never under the hand of somebody who types, has a dialog open or has rows ticked.
    const isBusy = () => document.querySelector("#result_list input:checked, #dialog") || /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName);
    const refresh = () => {
        if (stale) return;
        stale = true;
        setTimeout(() => {
            stale = false;
            if (isBusy() || document.hidden) return setTimeout(refresh, 2000);
            const place = document.getElementById("result_list") ? "#result_list" : "#content";  // an empty queue has no list yet
            htmx.ajax("GET", location.href, { target: place, select: place, swap: "outerHTML" });
        }, 400);
    };

    const changed = () => {
        if (document.getElementById("changed")) return;
        const note = document.createElement("div");
        note.id = "changed";
        note.className = "notice notice-warn";
        note.setAttribute("role", "status");
        const words = document.createElement("p");
        words.textContent = "This request has changed since you opened it.";
        const button = document.createElement("a");
        button.className = "btn";
        button.href = location.href;
        button.textContent = "Show it as it is now";
        note.append(words, button);
        document.querySelector(".headline")?.prepend(note);
    };

    document.addEventListener("DOMContentLoaded", () => {
        if (!user()) return;
        channel.onmessage = (event) => told(event.data);
        navigator.locks.request("gasutil-events", listen);
    });
})();
