/* The editor of a request type: rows can be dragged, and show the options of their type of field. */

const typeRows = {
    sorting: {
        filter: ".empty-form, .rows-head, .form-actions",
        preventOnFilter: false,
        onMove: (event) => event.related.matches(".form-group:not(.empty-form)"),
        onEnd: (event) => {
            document.body.classList.remove("sorting");
            event.from.querySelectorAll(":scope > .form-group:not(.empty-form) input[name$='-position']").forEach((input, place) => { input.value = place; });
            event.from.dispatchEvent(new Event("change", { bubbles: true }));
        },
    },
    code: (text) => text.normalize("NFD").toLowerCase().replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 64),
};

/* The units of `minimum` and `maximum`, where they are bounds of something other than the value. */
const boundsOf = {
    short_text: gettext("characters"), long_text: gettext("characters"), several_of: gettext("choices"),
    date: gettext("days from today"), date_time: gettext("days from today"),
};
const ALWAYS = ["name", "help", "shown_if", "shown_if_value", "marks_care", "source"];

document.addEventListener("alpine:init", () => {
    Alpine.data("typeRow", () => ({
        kind: "",
        open: false,
        named: false,
        summary: "",
        minutes: 0,

        init() {
            this.named = Boolean(this.value("name"));
            this.kind = this.value("kind");
            this.open = this.isNew() || this.hasError() || this.lacksChoices();
            if (this.$root.matches(".type-row:not(.empty-form)")) window.typeChoices.dress(this.$root);
            this.foldOthers();
            this.tell();
        },
        isNew() { return !this.$root.matches(".original") && !this.value("label"); },
        hasError() { return Boolean(this.$root.querySelector(".row-more .cell-error")); },
        /* A new row closes the details of the others, so that the page stays short. */
        foldOthers() {
            document.addEventListener("typerow:new", (event) => { if (event.target !== this.$root && !this.hasError() && !this.lacksChoices()) this.open = false; });
            if (this.isNew()) this.$root.dispatchEvent(new Event("typerow:new", { bubbles: true }));
        },
        input(name) { return this.$root.querySelector(`[name$='-${name}']`); },
        value(name) { return this.input(name)?.value.trim() ?? ""; },
        uses(name) {
            const uses = this.$root.closest("[data-uses]").dataset.uses;
            return ALWAYS.includes(name) || !uses || (JSON.parse(uses)[this.kind] ?? []).includes(name);
        },
        lacksChoices() { return this.kind !== "" && this.uses("choices") && this.value("choices") === ""; },
        bounds(least, most) {
            if (least === "" && most === "") return "";
            const parts = [least && interpolate(gettext("from %s"), [least]), most && interpolate(gettext("up to %s"), [most]), boundsOf[this.kind]];
            return parts.filter(Boolean).join(" ");
        },
        /* Say long limits in hours and days too. */
        get limitText() {
            const days = Math.floor(this.minutes / 1440), hours = Math.floor(this.minutes / 60) % 24, rest = this.minutes % 60;
            if (this.minutes < 60) return "";
            const parts = [days && interpolate(gettext("%s d"), [days]), hours && interpolate(gettext("%s h"), [hours]), rest && interpolate(gettext("%s min"), [rest])];
            return `= ${parts.filter(Boolean).join(" ")}`;
        },
        get unitOfBounds() { return boundsOf[this.kind] ? `(${boundsOf[this.kind]})` : ""; },
        read(event) {
            const name = event.target.name?.split("-").pop();
            if (name === "name") this.named = this.value("name") !== "";
            if (name === "label" && !this.named) this.input("name").value = typeRows.code(this.value("label"));
            if (name === "kind") {
                this.kind = this.value("kind");
                this.open = this.open || this.lacksChoices();
            }
            this.tell();
        },
        /* Summarise the collapsed part of the row in one line. */
        tell() {
            this.minutes = Number(this.value("minutes"));
            const part = (name, format) => (this.value(name) && this.uses(name) ? format(this.value(name)) : "");
            this.summary = [
                part("name", (text) => text),
                part("help", (text) => text),
                part("choices", (text) => {
                    const number = text.split("\n").filter((line) => line.trim()).length;
                    return interpolate(ngettext("%s choice", "%s choices", number), [number]);
                }),
                part("unit", (text) => interpolate(gettext("in %s"), [text])),
                this.bounds(part("minimum", (text) => text), part("maximum", (text) => text)),
                part("pattern", () => gettext("pattern")),
                part("shown_if", (text) => {
                    const [question, answer] = window.typeChoices.label(this.$root, text, this.value("shown_if_value"));
                    return interpolate(gettext("only if %(question)s is %(answer)s"), { question, answer }, true);
                }),
                part("danger_answers", () => gettext("danger")),
                part("source", (text) => text),
            ].filter(Boolean).join(" · ");
        },
    }));
});

/* A new type's code follows its name until the user enters one; the icon is shown as it is typed. */
document.addEventListener("DOMContentLoaded", () => {
    const [name, code, icon] = ["id_name", "id_code", "id_icon"].map((id) => document.getElementById(id));
    let coded = Boolean(code?.value);
    code?.addEventListener("input", () => { coded = code.value !== ""; });
    name?.addEventListener("input", () => { if (code && !coded) code.value = typeRows.code(name.value); });
    if (!icon) return;
    const shown = document.createElement("span");
    shown.className = "material-symbols-outlined icon-shown";
    shown.ariaHidden = "true";
    const show = () => { shown.textContent = icon.value.trim() || "category"; };
    icon.before(shown);
    icon.addEventListener("input", show);
    show();
});
