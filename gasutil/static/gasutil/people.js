// Searches a list of representatives by parts of their names and teams. The first match is chosen.
(() => {
    "use strict";
    const options = new WeakMap();  // all options of each list
    const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLocaleLowerCase();
    const listOf = (search) => document.getElementById(search.dataset.searches);

    const filter = (search) => {
        const list = listOf(search), chosen = list.value;
        if (!options.has(list)) options.set(list, [...list.options]);
        const all = options.get(list), words = plain(search.value).split(/\s+/).filter(Boolean);
        const found = words.length ? all.filter((option) => option.value && words.every((word) => plain(option.text).includes(word))) : all;
        search.setCustomValidity(found.length ? "" : gettext("No representative matches."));
        list.replaceChildren(...(found.length ? found : all));
        list.value = chosen;
        if (found.length && !found.some((option) => option.value === chosen)) list.value = found[0].value;
        if (words.length && found.length) list.dispatchEvent(new Event("change", { bubbles: true }));
    };

    document.addEventListener("input", (event) => { if (event.target.matches("[data-searches]")) filter(event.target); });
    document.addEventListener("keydown", (event) => {
        if (!event.target.matches?.("[data-searches]") || event.ctrlKey || event.metaKey || event.isComposing) return;
        if (event.key === "ArrowDown" || event.key === "Enter") {
            event.preventDefault();
            if (!event.target.reportValidity()) return;
            listOf(event.target).focus();
        }
    });
})();
