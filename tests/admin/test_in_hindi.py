"""Every page of the console in Hindi: no text of it stays in English."""

import re
from collections import defaultdict
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin

from gasutil.models import User
from tests.admin.sweep import NOT_OPENED, Sweep, html_of, paths, patterns
from tests.support import markup

pytestmark = pytest.mark.sweep

WRITTEN = ("लिखा{0}",)  # what people have written is in Hindi as well
SHOWN_ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "data-confirm")
NOT_DISPLAYED = {"script", "style", "code", "kbd", "pre", "title"}
# What is the same in every language: references, addresses, codes and placeholders, …
SAME = re.compile(
    r"\b[A-Z]{2,3}(-\w{3}){1,3}\b|\S+@\S+|https?://\S*|/admin/\S*|\w+_\w+|\w+[.:]\w[\w.]*"
    r"|\{\w+\}|view=\S*|`[^`]*`|“[a-z]+”"
    # … names of formats, methods, zones, keys and programs, …
    r"|\b(API|IP|ID|PDF|CSV|XLSX|ODS|JSON|Schema|GET|POST|UTC|IST|Asia/Kolkata|Aegis|1Password)\b"
    r"|\b(Ctrl|Enter|Esc|Shift|Alt|Tab|English)\b|Google Authenticator|Material|\bcurl/8"
    # … and examples, codes of types, and what the test has logged in with.
    r"|\b(IN|MH|true|false|value|Label|dispatch|survey|reconnection|disconnection|manager|en|hi)\b"
    r"|Gas Service Desk|Christmas Eve|\bA (customer|description)\b"
)
VOID = {"input", "br", "img", "hr", "meta", "link", "source", "wbr"}


class Texts(HTMLParser):
    """The texts of a page that a person reads or hears."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self.open: list[tuple[str, bool]] = []  # each element, and whether its texts are displayed
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note the texts in the attributes of an element."""
        about = {name: value or "" for name, value in attributes}
        self.texts |= {about[name] for name in SHOWN_ATTRIBUTES if about.get(name)}
        if tag == "input" and about.get("type") in ("submit", "button"):
            self.texts.add(about.get("value", ""))
        if tag not in VOID:
            is_icon = "material-symbols" in about.get("class", "")
            is_other_language = about.get("lang", "hi") != "hi"
            is_hidden = tag in NOT_DISPLAYED or is_icon or is_other_language
            self.open.append((tag, is_hidden and tag != "html"))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those in it that have no end of their own."""
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note a text, unless it is a script's, a code or the name of an icon."""
        if not any(is_hidden for _tag, is_hidden in self.open):
            self.texts.add(" ".join(data.split()))


class HindiSweep(Sweep):
    """Opens every page in Hindi, and collects the English texts."""

    def __init__(self, user: User) -> None:
        super().__init__(user)
        self.client.cookies["django_language"] = "hi"
        self.english: dict[str, set[str]] = defaultdict(set)

    def look(self, path: str, answer: Any, *, is_last: bool = False) -> None:
        """Read a page."""
        if answer.streaming:
            b"".join(answer.streaming_content)  # to its end, which closes the file
        html = html_of(answer)
        if html is None or answer.status_code != 200:
            return
        for text in Texts(html).texts:
            if re.search(r"[A-Za-z]{2,}", SAME.sub("", text)):
                self.english[text].add(path)


def test_no_text_of_the_console_stays_in_english(
    leak: Any,
    customer: User,
    neighbour: User,
    support: User,
    manager: User,
    root: User,
    settings: Any,
    tmp_path: Any,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    markup.fill(customer, neighbour, support, manager, root)
    markup.write_everywhere(WRITTEN)
    sweep = HindiSweep(manager)
    for name, route in patterns(admin.site.urls[0]):
        if name not in NOT_OPENED:
            for path in paths(route):
                sweep.get(path)
    assert len(sweep.got) > 100
    assert {text: min(where) for text, where in sweep.english.items()} == {}
