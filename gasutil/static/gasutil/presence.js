// A ticket's page reports regularly that the user is viewing it, and shows the other viewers. A page in the background reports nothing.
(() => {
    "use strict";
    const EVERY = 20000, ACTIVE = 2500, AWAY = 60000, WRITING = 20000;  // milliseconds
    let timer, typed = 0, moved = Date.now();
    const url = () => document.querySelector("[data-presence-url]")?.dataset.presenceUrl;

    const formData = (...names) => {
        const data = new FormData();
        data.append("csrfmiddlewaretoken", document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "");
        for (const name of names) data.append(name, "1");
        return data;
    };
    const beat = async () => {
        clearTimeout(timer);
        if (document.hidden) return;
        timer = setTimeout(beat, Date.now() - moved < AWAY ? ACTIVE : EVERY);  // a user who is active sees others within three seconds
        const isWriting = Date.now() - typed < WRITING;
        try {
            const answer = await session.call(url(), { method: "POST", body: formData(...(isWriting ? ["writing"] : [])), credentials: "same-origin" });
            if (!answer.ok || answer.redirected) return;
            const { text } = await answer.json();
            for (const place of document.querySelectorAll("[data-presence]")) if (place.textContent !== text) place.textContent = text;
        } catch { /* the server is unavailable: the next report will do */ }
    };
    const leave = () => { clearTimeout(timer); navigator.sendBeacon?.(url(), formData("left")); };

    document.addEventListener("DOMContentLoaded", () => {
        if (!url()) return;
        document.addEventListener("visibilitychange", () => (document.hidden ? leave() : beat()));
        for (const name of ["pointermove", "keydown", "scroll"]) {
            document.addEventListener(name, () => {
                const isBack = Date.now() - moved > AWAY;
                moved = Date.now();
                if (isBack) beat();
            }, { passive: true });
        }
        window.addEventListener("pagehide", leave);
        window.addEventListener("pageshow", (event) => { if (event.persisted) beat(); });
        document.addEventListener("input", (event) => {
            if (!event.target.matches("#composer textarea")) return;
            const isNew = Date.now() - typed > WRITING;
            typed = Date.now();
            if (isNew) beat();
        });
        beat();
    });
})();
