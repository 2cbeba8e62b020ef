// Asks the server regularly for the alarms and the number of the last update, and says in red when the page is not live.
// The stream of events alone can't do that: a connection that is lost without an error looks like a quiet night.
// biome-ignore lint/correctness/noUnusedVariables: other scripts use it
const connection = (() => {
    "use strict";
    const EVERY = 15000, RETRY = 2000, TIMEOUT = 8000, SOON = 300, PAUSE = 2000;  // milliseconds
    let timer = null, asked = 0, heard = Date.now(), failures = 0, latest = 0, isAsking = false, isLeaving = false;

    const read = async () => {
        try {
            const response = await session.call(session.url("live"), { headers: { "Desk-Background": "1" }, signal: AbortSignal.timeout(TIMEOUT) });
            return response.ok && !response.redirected ? await response.json() : null;
        } catch { return null; }
    };

    const ask = async () => {
        if (isAsking || isLeaving || !session.url("live")) return;
        clearTimeout(timer);
        isAsking = true;
        asked = Date.now();
        const state = session.hasEnded() ? null : await read();
        isAsking = false;
        if (state) succeed(state);
        else if (!session.hasEnded()) fail();  // the notice above the page says that the session has ended
        plan(failures ? RETRY : EVERY);
    };
    const plan = (delay) => { clearTimeout(timer); timer = setTimeout(ask, delay); };
    /** Ask soon, because something has happened. */
    const askSoon = () => { if (!failures) plan(Math.max(SOON, asked + PAUSE - Date.now())); };

    const succeed = (state) => {
        const hasMissed = failures > 0 || (latest > 0 && state.latest > Math.max(latest, desk.position()));
        [failures, heard, latest] = [0, Date.now(), state.latest];
        show("");
        document.dispatchEvent(new CustomEvent("desk:live", { detail: state }));
        if (hasMissed) desk.refresh([]);
    };
    const fail = () => {
        failures += 1;
        if (isLeaving || (failures === 1 && navigator.onLine)) return;  // the next attempt is made in a moment
        const time = new Date(heard).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
        show(interpolate(gettext("Not live since %(time)s. Trying to reconnect…"), { time }, true));
    };
    const show = (text) => {
        const place = document.querySelector("#not-live p");
        if (!place || place.textContent === text) return;
        place.textContent = text;
        place.parentElement.classList.toggle("is-shown", text !== "");
    };

    document.addEventListener("DOMContentLoaded", ask);
    window.addEventListener("online", ask);
    window.addEventListener("offline", () => { if (!isAsking) { fail(); plan(RETRY); } });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
    window.addEventListener("pagehide", () => { isLeaving = true; });
    window.addEventListener("pageshow", (event) => { isLeaving = false; if (event.persisted) ask(); });
    return { ask, askSoon };
})();
