"""A page of the console, read as a browser reads it.

It shows which texts have become elements, attributes or scripts, and which forms can be sent.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tests.support.markup import MARK

# Attributes that are code.
RUNS = re.compile(r"^(x-|@|:|on|hx-on|hx-vals|hx-headers|style$|srcdoc$)")
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "hx-get", "hx-post"}
VOID = {"input", "br", "img", "hr", "meta", "link", "source", "wbr"}


@dataclass
class Form:
    """One form of a page as it would be sent."""

    method: str
    action: str
    is_htmx: bool
    fields: list[tuple[str, str, str]] = field(default_factory=list)  # type, name, value
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def values(self, text: str | None = None) -> dict[str, list[str]]:
        """Return what is sent, with a text typed into everything that takes one."""
        sent: dict[str, list[str]] = {}
        for kind, name, value in self.fields:
            typed = (
                text
                if text is not None
                and kind in ("text", "textarea", "search", "email", "url", "tel")
                else value
            )
            sent.setdefault(name, []).append(typed)
        return sent


class Page(HTMLParser):
    """A page, read as a browser reads it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.marks: set[int] = set()  # whose text is on the page
        self.raw: set[str] = set()  # whose text has become something else
        self.forms: list[Form] = []
        self.calls: set[str] = set()  # what its scripts get
        self.posts: set[str] = set()
        self.open_forms: list[Form] = []
        self.select: list[
            Any
        ] = []  # the select that is open: name, what is selected, the first option
        self.textarea: list[str] | None = None
        self.in_script = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note the marks of an element, and what it sends or gets."""
        about = {name: value or "" for name, value in attributes}
        for name, value in about.items():
            self._read_attribute(tag, name, value)
        self.in_script = tag == "script" and about.get("type") not in (
            "application/json",
            "application/ld+json",
        )
        self.calls |= {about[name] for name in ("hx-get", "data-replies") if about.get(name)}
        if tag != "form" and about.get("hx-post"):
            self.posts.add(about["hx-post"])
        self._read_form(tag, about)

    def _read_attribute(self, tag: str, name: str, value: str) -> None:
        if MARK.fullmatch(name):
            self.raw.add(f"<{tag} {name}>")
        numbers = {int(number) for number in MARK.findall(value)}
        self.marks |= numbers
        if numbers and RUNS.match(name):
            self.raw.add(f'<{tag} {name}="{value[:60]}">')
        if name in ADDRESSES and value.strip().lower().startswith("javascript:"):
            self.raw.add(f'<{tag} {name}="{value[:60]}">')

    def handle_data(self, data: str) -> None:
        """Note the marks of a text; in a script there must be none."""
        self.marks |= (numbers := {int(number) for number in MARK.findall(data)})
        if (numbers and self.in_script) or "evaluated" in data:
            self.raw.add(data[:80])
        if self.textarea is not None:
            self.textarea.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Close a form, a select or a text."""
        if tag == "script":
            self.in_script = False
        if tag == "form" and self.open_forms:
            self.open_forms.pop()
        if tag == "select" and self.select and self.open_forms:
            name, chosen, first = self.select
            for value in chosen or ([first] if first is not None else []):
                self.open_forms[-1].fields.append(("select", name, value))
        if tag == "select":
            self.select = []
        if tag == "textarea" and self.textarea is not None and self.open_forms:
            kind, name, _ = self.open_forms[-1].fields.pop()
            self.open_forms[-1].fields.append(
                (kind, name, "".join(self.textarea).removeprefix("\n"))
            )
            self.textarea = None

    def _read_form(self, tag: str, about: dict[str, str]) -> None:
        if tag == "form":
            address = about.get("hx-post") or about.get("action") or about.get("hx-get") or ""
            method = "post" if "hx-post" in about else about.get("method", "get").lower()
            self.open_forms.append(Form(method=method, action=address, is_htmx="hx-post" in about))
            self.forms.append(self.open_forms[-1])
        elif self.open_forms:
            self._read_field(tag, about)

    def _read_field(self, tag: str, about: dict[str, str]) -> None:
        form, name, kind = (
            self.open_forms[-1],
            about.get("name", ""),
            about.get("type", "text").lower(),
        )
        if tag == "button" or (tag == "input" and kind == "submit"):
            form.buttons.append((name, about.get("value", "")))
        elif (
            tag == "input"
            and name
            and (
                kind not in ("checkbox", "radio")
                or "checked" in about
                or name == "_selected_action"
            )
        ):
            form.fields.append((kind, name, about.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "textarea" and name:
            form.fields.append(("textarea", name, ""))
            self.textarea = []
        elif tag == "select" and name:
            self.select = [name, [], None if "multiple" in about else ""]
        elif tag == "option" and self.select:
            if "selected" in about:
                self.select[1].append(about.get("value", ""))
            self.select[2] = (
                self.select[2]
                if self.select[2] is None
                else self.select[2] or about.get("value", "")
            )
