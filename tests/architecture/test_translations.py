"""Translations of the console, the pages and the mails.

Every marked text has one, and the compiled files are current.
"""

import gettext
import re
from pathlib import Path

import polib
import pytest

from tests.tools import messages

CATALOGUES = sorted(messages.LOCALE.glob("*/LC_MESSAGES/*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
HOW = (
    "Run `make messages`, translate what is new in project/locale/*/LC_MESSAGES/*.po, and run it"
    " again."
)


def texts_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.fixture(params=CATALOGUES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def catalogue(request: pytest.FixtureRequest) -> polib.POFile:
    return polib.pofile(str(request.param))


def test_it_finds_what_is_marked() -> None:
    texts = messages.domains()
    assert messages.Text("%(number)s field", "%(number)s fields") in texts["django"]  # in a module
    assert messages.Text("Confirm my address") in texts["django"]  # in a template
    assert messages.Text("phone number") in texts["django"]  # of a model
    assert messages.Text("%s choice", "%s choices") in texts["djangojs"]


def test_every_text_is_translated(catalogue: polib.POFile) -> None:
    texts = messages.domains()[Path(catalogue.fpath).stem]
    translated = {entry.msgid for entry in catalogue if entry.translated()}
    assert sorted({text.singular for text in texts} - translated) == [], HOW
    assert sorted(translated - {text.singular for text in texts}) == [], HOW


def test_placeholders_are_kept(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        for text in texts_of(entry):
            assert set(PLACEHOLDER.findall(text)) == set(
                PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)
            ), text


def test_what_is_compiled_is_what_is_translated(catalogue: polib.POFile) -> None:
    with Path(catalogue.fpath).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in catalogue:
        for number, text in enumerate(texts_of(entry)):
            result = (
                compiled.ngettext(entry.msgid, entry.msgid_plural, number + 1)
                if entry.msgid_plural
                else compiled.gettext(entry.msgid)
            )
            assert result == text, HOW
