// Clocks tick: whatever has `data-due` (milliseconds since 1970) says how long there is until then, or how long it is over.
(() => {
    "use strict";
    const SOON = 15 * 60;
    const two = (number) => String(number).padStart(2, "0");

    const span = (seconds) => {
        const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
        if (days) return days < 7 && hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
        if (hours) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
        return `${minutes}:${two(seconds % 60)}`;
    };

    const tick = () => {
        const now = Date.now(), words = document.getElementById("desk-words")?.dataset ?? { over: "{} over", left: "{} left" };
        for (const clock of document.querySelectorAll("[data-due]")) {
            const left = Math.floor((Number(clock.dataset.due) - now) / 1000), isOver = left < 0;
            const said = (isOver ? words.over : words.left).replace("{}", span(Math.abs(left)));
            const text = clock.querySelector(".clock-said");
            if (text.textContent !== said) text.textContent = said;
            clock.classList.toggle("is-over", isOver);
            clock.classList.toggle("is-soon", !isOver && left < SOON);
            const icon = isOver ? "alarm" : left < SOON ? "hourglass_bottom" : "schedule";
            if (clock.firstElementChild.textContent !== icon) clock.firstElementChild.textContent = icon;
        }
    };
    document.addEventListener("DOMContentLoaded", tick);
    setInterval(tick, 1000);
})();
