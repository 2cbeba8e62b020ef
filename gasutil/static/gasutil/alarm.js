// Emergencies that no one has acknowledged: a red alarm on every page until someone takes them, and their number in the title.
// Sound and notifications of the browser are choices of the page "My notifications", stored in this browser.
(() => {
    "use strict";
    const AGAIN = 30000;  // milliseconds between two sounds
    const place = () => document.querySelector("#emergency-alarms > div");
    const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
    const known = new Set();
    let rang = 0, isLeader = false, title = null;

    // --- What is shown ---
    const signature = (html) => html.replace(/<time[\s\S]*?<\/time>/g, "");  // `clock.js` keeps the clock up to date
    const card = (key, html) => {
        const shown = [...place().children].find((one) => one.dataset.key === key);
        if (shown?.dataset.signature === signature(html)) return shown;
        const fresh = document.adoptNode(new DOMParser().parseFromString(html, "text/html").body.firstElementChild);  // our own template
        Object.assign(fresh.dataset, { key, signature: signature(html) });
        const hadFocus = shown?.contains(document.activeElement);
        shown?.replaceWith(fresh);
        if (hadFocus) fresh.querySelector("button, a").focus();
        return fresh;
    };
    const rest = (number, unverified) => {
        const texts = [];
        if (number > 0) texts.push(interpolate(ngettext("%s more emergency waits", "%s more emergencies wait", number), [number]));
        if (unverified > 0) texts.push(interpolate(ngettext("%s unverified report waits", "%s unverified reports wait", unverified), [unverified]));
        return texts.join(" · ");
    };
    const more = (text) => {
        const shown = place().querySelector(":scope > a");
        if (shown?.textContent === text) return [shown];
        shown?.remove();
        return text ? [Object.assign(document.createElement("a"), { className: "emergency-more", href: session.url("emergencies"), textContent: text })] : [];
    };
    /** Return how many are shown in full: a phone, and the page of a request, need their space. */
    const limit = () => (matchMedia("(max-width: 639px)").matches || document.body.classList.contains("ticket-page") ? 1 : 3);
    const show = ({ alarms: all, number, unverified }) => {
        const alarms = all.slice(0, limit());
        const wanted = [...alarms.map(({ key, html }) => card(key, html)), ...more(rest(number - alarms.length, unverified))];
        for (const one of [...place().children]) if (!wanted.includes(one)) one.remove();
        wanted.forEach((one, at) => { if (place().children[at] !== one) place().insertBefore(one, place().children[at] ?? null); });
        for (const toast of document.querySelectorAll(".toast[data-pk]")) if (place().querySelector(`[data-pk="${toast.dataset.pk}"]`)) toast.remove();
        const waiting = number + unverified;
        title ??= document.title.trim();
        document.title = waiting ? `(${waiting}) ${title}` : title;
    };

    // --- Take ---
    const post = (pk) => session.call(session.url("take", pk), { method: "POST", headers: { "X-CSRFToken": token() } }).catch(() => null);
    const take = async (button) => {
        button.disabled = true;
        const before = token();
        let response = await post(button.dataset.takeAlarm);
        if (response?.status === 403 && token() !== before) response = await post(button.dataset.takeAlarm);  // the token was of an earlier login
        const { message, url } = (await response?.json().catch(() => null)) ?? {};
        button.disabled = false;
        if (response?.ok && url) {
            if (!desk.isWriting()) { location.href = url; return; }
            button.closest("article").remove();
            desk.toast(message, { href: url });
        } else if (!session.hasEnded()) desk.toast(message ?? gettext("Not taken. The server can't be reached. Try again."), { grave: true });
        connection.ask();
    };
    document.addEventListener("click", (event) => {
        const button = event.target.closest("[data-take-alarm]");
        if (button) take(button);
    });

    // --- Sound and notifications ---
    const STORE = () => `alarm:${session.user()}`;
    const chosen = () => { try { return JSON.parse(localStorage.getItem(STORE())) ?? {}; } catch { return {}; } };
    const play = () => {
        const audio = new AudioContext();
        for (const [at, pitch] of [[0, 880], [0.25, 660], [0.5, 880]]) {
            const tone = audio.createOscillator(), volume = audio.createGain();
            tone.frequency.value = pitch;
            volume.gain.value = 0.25;
            tone.connect(volume).connect(audio.destination);
            tone.start(audio.currentTime + at);
            tone.stop(audio.currentTime + at + 0.2);
            if (at === 0.5) tone.onended = () => audio.close();
        }
    };
    const notify = ({ key, title: type, text, url }) => {
        const note = new Notification(type, { body: text, tag: `alarm ${key}`, requireInteraction: true });
        note.onclick = () => { window.focus(); location.href = url; };
    };
    const announce = ({ alarms, number, unverified }) => {
        const fresh = alarms.filter(({ key }) => !known.has(key)), { sound, notification } = chosen();
        for (const { key } of alarms) known.add(key);
        if (!isLeader) return;  // of several tabs, one
        if (sound && number + unverified && (fresh.length || Date.now() - rang >= AGAIN)) { rang = Date.now(); play(); }
        if (notification && window.Notification?.permission === "granted") fresh.forEach(notify);
    };

    // --- The choices ---
    const settings = () => document.querySelector("[data-alarm-settings]");
    const say = (text) => { settings().querySelector("[role=status]").textContent = text; };
    const choose = async (box) => {
        if (box.name === "notification" && box.checked && (await window.Notification?.requestPermission()) !== "granted") {
            box.checked = false;
            return say(gettext("This browser does not allow notifications from this site. Allow them in its settings, then try again."));
        }
        localStorage.setItem(STORE(), JSON.stringify({ ...chosen(), [box.name]: box.checked }));
        return say(gettext("Saved in this browser."));
    };
    const dress = () => {
        for (const box of settings().querySelectorAll("input")) {
            box.checked = Boolean(chosen()[box.name]);
            box.addEventListener("change", () => choose(box));
        }
        settings().querySelector("button").addEventListener("click", play);
    };

    document.addEventListener("desk:live", ({ detail }) => { if (place()) { show(detail); announce(detail); } });
    document.addEventListener("DOMContentLoaded", () => {
        if (!session.user()) return;
        if (settings()) dress();
        navigator.locks?.request("gasutil-alarm", () => new Promise(() => { isLeader = true; }));  // until this tab is closed
    });
})();
