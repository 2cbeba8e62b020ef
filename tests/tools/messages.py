"""Update the catalogues of translations: `make messages`.

New texts are added without a translation, texts that are no longer used are dropped, and the
translations are compiled. Only Python is needed for it.
"""

import ast
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import polib

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "project" / "locale"
UNUSED = (
    "unfold_crispy",
    "contrib/forms",
    "contrib/inlines",
    "contrib/guardian",
    "contrib/constance",
    "contrib/simple_history",
    "contrib/location_field",
)
# Of Django, whose catalogues of some languages are old.
SHOWN = ("contrib/admin", "contrib/auth", "forms", "core")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
CALENDAR = {"Choose a Date", "Choose a Time", "6 p.m.", *MONTHS}  # what Django's calendar says
OURS = {
    "user",
    "users",
    "group",
    "groups",
    "username",
    "date joined",
    "last login",
    "staff status",
    "superuser status",
}  # by our own words
MARKS = {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(?:_|n?gettext)\(\s*({STRING})(?:\s*,\s*({STRING}))?")


class Text(NamedTuple):
    """A text to translate, with its plural."""

    singular: str
    plural: str = ""


def main() -> None:
    """Bring every catalogue up to date."""
    for folder in sorted(path for path in LOCALE.iterdir() if path.is_dir()):
        for domain, texts in domains().items():
            path = folder / "LC_MESSAGES" / f"{domain}.po"
            catalogue = updated(path, texts)
            catalogue.save(str(path))
            catalogue.save_as_mofile(str(path.with_suffix(".mo")))
            missing = len([entry for entry in catalogue if not entry.translated()])
            print(  # noqa: T201
                f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {missing} of them not"
                " translated"
            )  # it is a command


def domains() -> dict[str, set[Text]]:
    """Return the texts to translate, for pages and for scripts."""
    scripts = (ROOT / "gasutil" / "static" / "gasutil").glob("*.js")
    of_scripts = {text for path in scripts for text in calls(path.read_text(encoding="utf-8"))}
    return {
        "django": ours() | borrowed(),
        "djangojs": of_scripts | {Text(name) for name in CALENDAR},
    }


def ours() -> set[Text]:
    """Return the texts of our own modules and templates, and the names of models."""
    from gasutil import model_texts  # once Django is set up

    written = {
        text
        for path in (ROOT / "gasutil", ROOT / "project", ROOT / "templates")
        for text in marked_in(path)
    }
    return written | {Text(text) for text in model_texts.all_texts()} - known(
        Text(text) for text in model_texts.all_texts()
    )


def borrowed() -> set[Text]:
    """Return the texts of Unfold and Django that pages show and Django does not translate."""
    import django
    import unfold

    folders = [
        Path(unfold.__file__).parent,
        *(Path(django.__file__).parent / part for part in SHOWN),
    ]
    texts = {text for folder in folders for text in marked_in(folder, without=UNUSED)}
    return texts - known(texts)


def known(texts: Iterable[Text]) -> set[Text]:
    """Return the texts that Django's own catalogues translate, in each of our languages."""
    import django

    folders = sorted(path.name for path in LOCALE.iterdir() if path.is_dir())
    translated = None
    for language in folders:
        files = Path(django.__file__).parent.glob(f"**/locale/{language}/LC_MESSAGES/django.po")
        has = {
            entry.msgid for path in files for entry in polib.pofile(str(path)) if entry.translated()
        }
        translated = has if translated is None else translated & has
    return {text for text in texts if text.singular in (translated or set()) - OURS}


def marked_in(folder: Path, without: tuple[str, ...] = ()) -> Iterator[Text]:
    """Yield what the modules and templates of a folder mark for translation."""
    from django.utils.translation.template import templatize

    for path in sorted(folder.rglob("*")):
        if any(part in path.as_posix() for part in without):
            continue
        if path.suffix == ".py":
            yield from marked(ast.parse(path.read_text(encoding="utf-8")))
        elif path.suffix in (".html", ".txt", ".mjml") and "templates" in path.parts:
            yield from calls(templatize(path.read_text(encoding="utf-8")))


def marked(module: ast.Module) -> Iterator[Text]:
    """Yield what a module marks for translation, by whatever name it has imported the marks."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in MARKS
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            texts = [
                argument.value
                for argument in node.args[:2]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
            if texts:
                yield Text(*texts)


def calls(source: str) -> Iterator[Text]:
    """Yield what a script marks for translation, or a template that Django has made one of."""
    for match in CALL.finditer(source):
        yield Text(*(ast.literal_eval(text) for text in match.groups() if text))


def updated(path: Path, texts: set[Text]) -> polib.POFile:
    """Return a catalogue that has just these texts, with the translations that it had."""
    before = {entry.msgid: entry for entry in polib.pofile(str(path))} if path.exists() else {}
    catalogue = polib.POFile(wrapwidth=120)
    catalogue.metadata = {
        "Language": path.parent.parent.name,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    plural = {text.singular: text.plural for text in texts if text.plural}
    for msgid in sorted({text.singular for text in texts}):
        entry = polib.POEntry(
            msgid=msgid,
            msgid_plural=plural.get(msgid, ""),
            flags=["python-format"] if "%(" in msgid else [],
        )
        was = before.get(msgid)
        if was is not None:
            entry.msgstr = was.msgstr
            entry.msgstr_plural = was.msgstr_plural
        if entry.msgid_plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: "", 1: ""}
        catalogue.append(entry)
    return catalogue


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    import django

    django.setup()
    main()
