// A request's page follows what happens to it: new lines of the timeline at once, status, clocks and actions when nothing is being typed.
(() => {
    "use strict";
    const PARTS = ["ticket-headline", "ticket-side"], MOST = 3, SHOWN = 8000, LONGEST = 140;  // lines; milliseconds; characters
    const lines = (list) => [...list.querySelectorAll("li.line")];
    const version = (page) => page.getElementById("ticket-headline")?.dataset.version;

    // --- The timeline ---
    const follow = (page) => {
        const list = document.getElementById("timeline"), fresh = page.getElementById("timeline");
        const known = new Set(lines(list).map((line) => line.id)), came = lines(fresh).filter((line) => !known.has(line.id)).map((line) => line.id);
        if (!came.length) return;
        const open = new Set([...list.querySelectorAll("details[open] li.line")].map((line) => line.id));
        list.replaceChildren(...[...fresh.children].map((line) => document.importNode(line, true)));
        for (const details of list.querySelectorAll("details")) details.open = lines(details).some((line) => open.has(line.id));
        const news = came.map((id) => document.getElementById(id));
        for (const line of news) mark(line);
        tell(news.filter((line) => !("own" in line.dataset)));
    };
    const mark = (line) => {
        line.classList.add("just-changed");
        setTimeout(() => line.classList.remove("just-changed"), SHOWN);
    };

    // --- The strip at the composer ---
    const news = () => document.getElementById("ticket-news");
    const label = (line) => {
        const text = line.querySelector(".notes")?.textContent.trim() ?? "", words = `${line.dataset.author} ${line.dataset.sentence}`;
        return text ? `${words}: ${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}` : words;
    };
    const item = (line) => {
        const entry = document.createElement("li");
        entry.append(Object.assign(document.createElement("a"), { href: `#${line.id}`, textContent: label(line) }));
        return entry;
    };
    const tell = (fresh) => {
        if (!fresh.length) return;
        if (!news().firstElementChild) {
            const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-small", textContent: gettext("Hide") });
            button.addEventListener("click", () => news().replaceChildren());
            news().append(document.createElement("ul"), button);
        }
        const list = news().querySelector("ul");
        list.prepend(...fresh.map(item));
        while (list.children.length > MOST) list.lastElementChild.remove();
    };

    // --- Status, clocks and actions ---
    const replace = (page) => {
        if (version(page) === version(document)) return;
        for (const id of PARTS) {
            const old = document.getElementById(id), fresh = document.importNode(page.getElementById(id), true);
            const place = [...old.querySelectorAll("a, button, summary")].indexOf(document.activeElement);
            old.replaceWith(fresh);
            htmx.process(fresh);
            if (place >= 0) fresh.querySelectorAll("a, button, summary")[place]?.focus({ preventScroll: true });
        }
        const composer = document.getElementById("composer");  // users who may only read have none
        if (composer && !composer.querySelector("textarea").value.trim()) composer.querySelector("[name=version]").value = version(page);
    };

    document.addEventListener("desk:fetched", ({ detail: { page, isHeld } }) => {
        if (!version(document) || !version(page)) return;
        follow(page);
        if (!isHeld) replace(page);
    });
})();
