"""The guides use the names of buttons and pages that the console has. They are in italics."""

import re

import polib
import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import RequestFactory
from django.urls import reverse

from gasutil.admin import navigation
from gasutil.admin.accounts.preferences import account_links
from gasutil.admin.requests import queue
from gasutil.models import MilestoneLimit, User
from tests.support.documentation import PAGES

GUIDES = (
    "tutorials/agent.md",
    "tutorials/manager.md",
    "console/index.md",
    "console/managers.md",
    "console/roles.md",
)
OTHERS = (
    "operations/install.md",
    "operations/incidents.md",
    "operations/backup.md",
    "operations/hardening.md",
)


def labels(page: str) -> set[str]:
    """Return what a page has in italics, outside of code and of bold text."""
    text = re.sub(
        r"```.*?```|`[^`]*`|\*\*.*?\*\*",
        "",
        (PAGES / page).read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    return {re.sub(r"\s+", " ", label) for label in re.findall(r"\*([A-Z][^*]+)\*", text)}


def headings(page: str) -> set[str]:
    """Return the headings of a page."""
    text = (PAGES / page).read_text(encoding="utf-8")
    return set(re.findall(r"^#+ (.+)$", text, re.MULTILINE))


def texts() -> set[str]:
    """Return the texts of the console in English, in small letters."""
    folders = (settings.BASE_DIR / "gasutil", settings.BASE_DIR / "project")
    catalogues = [
        polib.pofile(str(file))
        for folder in folders
        for file in folder.rglob("hi/LC_MESSAGES/*.po")
    ]
    return {entry.msgid.strip(" .").lower() for catalogue in catalogues for entry in catalogue}


@pytest.mark.django_db
@pytest.mark.parametrize("page", [*GUIDES, *OTHERS])
def test_its_labels_are_those_of_the_console(page: str) -> None:
    known = texts() | {
        name.lower() for name in MilestoneLimit.objects.values_list("label", flat=True)
    }
    known |= {name.lower() for name in Group.objects.values_list("name", flat=True)}
    known |= {
        f"add {model._meta.verbose_name}".lower()
        for model in (User, MilestoneLimit._meta.get_field("request_type").related_model)
    }
    assert {label for label in labels(page) if label.lower() not in known} == set()


@pytest.mark.django_db
def test_every_page_of_the_menus_is_in_a_guide(root: User, rf: RequestFactory) -> None:
    request = rf.get("/admin/")
    request.user = root
    groups = [group["items"] for group in navigation.sidebar(request)]
    titles = {str(item["title"]) for items in [*groups, account_links(request)] for item in items}
    assert {"Overview", "Background tasks", "Your sessions"} <= titles
    described = set[str]().union(*map(labels, GUIDES), *map(headings, GUIDES))
    assert titles - described == set(), "Describe the page in docs/console/, its name in italics."


@pytest.mark.django_db
def test_every_view_of_the_queue_is_in_a_guide() -> None:
    views = {str(view.title) for view in queue.QUEUE_VIEWS.values()}
    assert views - labels("console/index.md") == set()


def test_the_guides_have_labels() -> None:
    assert {"Take next", "Put on hold"} <= labels("tutorials/agent.md")
    assert reverse("admin:index") == "/admin/"  # as the tutorials say
