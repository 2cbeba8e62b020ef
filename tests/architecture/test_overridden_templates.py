"""The templates of other packages that ours replace.

A copy with fixes does not follow its original. Each original has its hash here.
"""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings
from django.template.utils import get_app_template_dirs

OURS: Path = settings.BASE_DIR / "templates"
ORIGINALS = {
    "admin/actions.html": "b5332aace8e69192",
    "admin/base.html": "2ce9250b3c649e3a",
    "admin/import_export/change_list.html": "9fabce6d410f6ebf",
    "admin/includes/fieldset.html": "28426b3cc2900b0b",
    "admin/index.html": "9fdb849b7da18ccd",
    "django/forms/widgets/attrs.html": "f729483efe44660f",
    "ninja/swagger.html": "7d8f465353991127",
    "unfold/helpers/add_link.html": "36cc86e42047e012",
    "unfold/helpers/app_list.html": "6ab83ac498b2f50f",
    "unfold/helpers/command.html": "ae6ce324d8536613",
    "unfold/helpers/dialog.html": "e961b19a9a2f2175",
    "unfold/helpers/empty_results.html": "5f4727a37a99da76",
    "unfold/helpers/help_text.html": "7c3b12a6d62de9a3",
    "unfold/helpers/modal.html": "fa0832c6ded6a26b",
    "unfold/helpers/navigation.html": "fd819dae3473c0be",
    "unfold/helpers/pagination_infinite.html": "a513e92f9a277a97",
    "unfold/helpers/shortcut.html": "2bbd7fbe9f6abd8e",
    "unfold/helpers/userlinks.html": "b493fa5ca3595d28",
    "unfold/helpers/welcomemsg.html": "e8eab02522ba2319",
    "unfold/layouts/unauthenticated.html": "768501529f1a8dae",
}


def original_of(name: str) -> Path | None:
    """Return the file of an installed package that one of our templates replaces."""
    result = (Path(folder) / name for folder in get_app_template_dirs("templates"))
    return next((path for path in result if path.is_file()), None)


def overridden() -> dict[str, Path]:
    """Return the original of each template that replaces one, by its name."""
    names = [str(path.relative_to(OURS)) for path in OURS.rglob("*") if path.is_file()]
    return {name: path for name in sorted(names) if (path := original_of(name))}


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def test_each_has_a_hash() -> None:
    assert sorted(overridden()) == sorted(ORIGINALS), "List what templates/ replaces, and no more."


@pytest.mark.parametrize("name", ORIGINALS)
def test_the_original_is_the_one_that_we_copied(name: str) -> None:
    path = overridden()[name]
    result = hash_of(path)
    assert result == ORIGINALS[name], (
        f"{path} is not the file that templates/{name} replaces with fixes. Compare the release"
        f" before with this one, carry its changes into templates/{name}, look at the pages that"
        f' show it, and then write "{name}": "{result}" here.'
    )
