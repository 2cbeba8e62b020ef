// Ticking clocks: each element with `data-due` (milliseconds since 1970) shows the time until then, or since.
(() => {
    "use strict";
    const SOON = 15 * 60;
    const two = (number) => String(number).padStart(2, "0");

    const span = (seconds) => {
        const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
        const values = { days, hours: hours % 24, minutes: minutes % 60 };
        if (days) return interpolate(days < 7 && hours % 24 ? gettext("%(days)s d %(hours)s h") : gettext("%(days)s d"), values, true);
        if (hours) return interpolate(minutes % 60 ? gettext("%(hours)s h %(minutes)s min") : gettext("%(hours)s h"), values, true);
        return `${minutes}:${two(seconds % 60)}`;
    };

    const ago = (seconds) => seconds < 3600 ? interpolate(gettext("%(minutes)s min"), { minutes: Math.floor(seconds / 60) }, true) : span(seconds);

    const tick = () => {
        const now = Date.now();
        for (const clock of document.querySelectorAll("[data-due]")) {
            const left = Math.floor((Number(clock.dataset.due) - now) / 1000), isOver = left < 0;
            const text = interpolate(isOver ? gettext("%(length)s over") : gettext("%(length)s left"), { length: span(Math.abs(left)) }, true);
            const place = clock.querySelector(".clock-text");
            if (place.textContent !== text) place.textContent = text;
            clock.classList.toggle("is-over", isOver);
            clock.classList.toggle("is-soon", !isOver && left < SOON);
            const icon = isOver ? "alarm" : left < SOON ? "hourglass_bottom" : "schedule";
            if (clock.firstElementChild.textContent !== icon) clock.firstElementChild.textContent = icon;
        }
        for (const mark of document.querySelectorAll("[data-replied] time")) {
            const seconds = Math.max(0, Math.floor((now - Number(mark.parentElement.dataset.replied)) / 1000));
            const text = seconds < 60 ? gettext("just now") : interpolate(gettext("%(length)s ago"), { length: ago(seconds) }, true);
            if (mark.textContent !== text) mark.textContent = text;
        }
    };
    document.addEventListener("DOMContentLoaded", tick);
    setInterval(tick, 1000);
})();
