"""Text from right to left.

Wherever people's text is shown or typed, the browser finds its direction.
"""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import CharField, Model, TextField
from django.test import Client

from gasutil.management.commands import load_demo
from gasutil.models import User
from gasutil.models.fields import PhoneField
from tests.support import pages
from tests.support.demo_data import create_demo_data
from tests.support.people import PASSWORD

pytestmark = pytest.mark.sweep

ARABIC = "\u0631\u0627\u0626\u062d\u0629 \u063a\u0627\u0632"  # a smell of gas
# Sentences that people write. Names and titles are isolated by the style sheet: `unicode-bidi` in
# console.css.
WRITTEN = frozenset(["description", "address", "notes", "safety_instructions", "body"])
# Drawn by its templates, without a widget.
UNFOLDS_OWN = frozenset({"searchbar", "search-input-command"})
VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
NOT_SHOWN = frozenset({"title", "script", "style", "option", "template"})


class Directions(HTMLParser):
    """Collect the texts and fields of a page that have people's text.

    Only those count that have no direction of their own.
    """

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str | None]] = []
        self.n_shown = 0
        self.wrong: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_text = tag == "textarea" or (
            tag == "input" and given.get("type", "text") in ("text", "search")
        )
        if (
            is_text
            and "hidden" not in given
            and given.get("dir") != "auto"
            and given.get("id") not in UNFOLDS_OWN
            and given.get("name", "username") != "username"
        ):
            self.wrong.add(f"<{tag} name={given.get('name')} id={given.get('id')}>")
        if tag not in VOID:
            self.open.append((tag, "auto" if tag == "bdi" else given.get("dir")))

    def handle_endtag(self, tag: str) -> None:
        for at in reversed(range(len(self.open))):
            if self.open[at][0] == tag:
                del self.open[at:]
                return

    def handle_data(self, data: str) -> None:
        if ARABIC not in data or any(tag in NOT_SHOWN for tag, _ in self.open):
            return
        self.n_shown += 1
        nearest = next((given for _, given in reversed(self.open) if given), None)
        if nearest != "auto":
            self.wrong.add(f"{' > '.join(tag for tag, _ in self.open[-4:])}: {data.strip()[:60]}")


def written() -> Iterator[tuple[type[Model], str]]:
    """Yield the columns that people write text into."""
    for model in apps.get_app_config("gasutil").get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, CharField | TextField) and not isinstance(field, PhoneField)
            is_email = model._meta.model_name == "delivery"  # its `address` is where it was sent
            if is_text and field.name in WRITTEN and not is_email:
                yield model, field.column


@pytest.fixture
def in_arabic(root: User, monkeypatch: pytest.MonkeyPatch, rewritable_histories: None) -> None:
    """Put an Arabic word before all text that people have written in the demonstration."""
    monkeypatch.setattr(load_demo, "REQUEST_COUNT", 30)
    call_command("load_demo", password=PASSWORD, verbosity=0)
    create_demo_data(
        User.objects.get(username="meera.iyer"), User.objects.get(username="arjun.nair")
    )
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model, column in written():
            cursor.execute(
                f"UPDATE {quote(model._meta.db_table)} SET {quote(column)} = %s || ' ' ||"
                f" {quote(column)} WHERE {quote(column)} <> ''",
                [ARABIC],
            )
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_every_page_of_the_console_finds_the_direction_of_what_people_write(
    in_arabic: None, root: User
) -> None:
    client, wrong, n_shown = Client(), [], 0
    client.force_login(root, backend="gasutil.identity.backend.ThrottledBackend")
    for address in [*pages.addresses(), *pages.more(root)]:
        answer = client.get(address.path)
        if answer.streaming:
            list(answer)  # a file, which is closed at its end
        result = Directions()
        result.feed(pages.text_of(answer))
        n_shown += result.n_shown
        wrong += [f"{address.path}: {item}" for item in sorted(result.wrong)]
    assert n_shown > 100
    assert not wrong, "\n".join(["", *wrong])
