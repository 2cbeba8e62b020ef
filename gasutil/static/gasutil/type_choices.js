/* Lists in the editor of a request type, instead of internal names: the question of a condition, its answers, and answers that mean danger. */

window.typeChoices = (() => {
    const control = (row, name) => row.querySelector(`[name$='-${name}']`);
    const value = (row, name) => control(row, name)?.value.trim() ?? "";
    const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
    const choices = (row) => lines(value(row, "choices")).map((line) => {
        const [code, ...label] = line.split(":");
        return [code.trim(), label.join(":").trim() || code.trim()];
    });
    const answers = (row) => ({
        yes_no: [["true", gettext("Yes")], ["false", gettext("No")]], one_of: choices(row), several_of: choices(row),
    })[value(row, "kind")] ?? [];
    const isRemoved = (row) => Boolean(row.querySelector(".row-remove input")?.checked);
    const earlier = (row) => {
        const rows = [...row.parentElement.querySelectorAll(":scope > .type-row:not(.empty-form)")];
        return rows.slice(0, rows.indexOf(row)).filter((other) => value(other, "name") && answers(other).length && !isRemoved(other));
    };
    const withUnknown = (options, chosen) => [...options, ...chosen.filter((code) => code && !options.some(([known]) => known === code)).map((code) => [code, code])];
    const isNew = (node, options) => {
        const shown = JSON.stringify(options);
        if (node.dataset.options === shown) return false;
        node.dataset.options = shown;
        return true;
    };

    const asList = (row, name, options, empty) => {
        let list = control(row, name);
        const chosen = list.value.trim();
        if (list.tagName !== "SELECT") {
            const select = document.createElement("select");
            Object.assign(select, { id: list.id, name: list.name, className: control(row, "kind").className });
            list.replaceWith(select);
            select.parentElement.querySelector(".cell-hint")?.remove();  // it explains the field without a list
            list = select;
        }
        const shown = [["", empty], ...withUnknown(options, [chosen])];
        if (!isNew(list, shown)) return;
        list.replaceChildren(...shown.map(([code, label]) => new Option(label, code)));
        list.value = chosen;
    };

    const asBoxes = (row) => {
        const text = control(row, "danger_answers"), label = text.parentElement.querySelector("label");
        let group = text.parentElement.querySelector("[role=group]");
        if (!group) {
            group = document.createElement("div");
            group.className = "danger-choices";
            group.setAttribute("role", "group");
            label.id = `${text.id}-label`;
            label.removeAttribute("for");
            group.setAttribute("aria-labelledby", label.id);
            text.after(group);
            text.hidden = true;
        }
        const chosen = lines(text.value), options = withUnknown(answers(row), chosen);
        if (!isNew(group, options)) return;
        group.replaceChildren(...options.map(([code, words]) => {
            const line = document.createElement("label"), box = document.createElement("input");
            Object.assign(box, { type: "checkbox", value: code, checked: chosen.includes(code) });
            box.addEventListener("change", () => {
                text.value = [...group.querySelectorAll(":checked")].map((one) => one.value).join("\n");
                text.dispatchEvent(new Event("input", { bubbles: true }));
            });
            line.append(box, ` ${words}`);
            return line;
        }));
    };

    const dress = (row) => {
        if (!control(row, "shown_if")) return;
        const asked = earlier(row), other = asked.find((one) => value(one, "name") === value(row, "shown_if"));
        asList(row, "shown_if", asked.map((one) => [value(one, "name"), value(one, "label") || value(one, "name")]), gettext("Always"));
        asList(row, "shown_if_value", other ? answers(other) : [], "—");
        asBoxes(row);
    };
    const dressAll = (node) => { for (const row of node.querySelectorAll(".type-row:not(.empty-form)")) dress(row); };

    document.addEventListener("DOMContentLoaded", () => {
        dressAll(document);
        for (const name of ["input", "change"]) document.addEventListener(name, (event) => {
            const rows = event.target.closest?.(".type-rows");
            if (rows) dressAll(rows);
        });
    });
    return { dress, label: (row, name, code) => {
        const other = earlier(row).find((one) => value(one, "name") === name);
        return other ? [value(other, "label") || name, answers(other).find(([known]) => known === code)?.[1] ?? code] : [name, code];
    } };
})();
