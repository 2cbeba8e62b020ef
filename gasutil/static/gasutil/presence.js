// A ticket's page reports regularly that the user is viewing it, and shows the other viewers. A page in the background reports nothing.
(() => {
    "use strict";
    const EVERY = 20000, WRITING = 20000;  // milliseconds
    let timer, typed = 0;
    const url = () => document.querySelector("[data-presence-url]")?.dataset.presenceUrl;

    const word = (...said) => {
        const data = new FormData();
        data.append("csrfmiddlewaretoken", document.querySelector("#composer input[name=csrfmiddlewaretoken]")?.value ?? "");
        for (const name of said) data.append(name, "1");
        return data;
    };
    const beat = async () => {
        clearTimeout(timer);
        if (document.hidden) return;
        timer = setTimeout(beat, EVERY);
        const isWriting = Date.now() - typed < WRITING;
        try {
            const answer = await session.call(url(), { method: "POST", body: word(...(isWriting ? ["writing"] : [])), credentials: "same-origin" });
            if (!answer.ok || answer.redirected) return;
            const { said } = await answer.json();
            for (const place of document.querySelectorAll("[data-presence]")) if (place.textContent !== said) place.textContent = said;
        } catch { /* the server is unavailable: the next report will do */ }
    };
    const leave = () => { clearTimeout(timer); navigator.sendBeacon?.(url(), word("left")); };

    document.addEventListener("DOMContentLoaded", () => {
        if (!url()) return;
        document.addEventListener("visibilitychange", () => (document.hidden ? leave() : beat()));
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
