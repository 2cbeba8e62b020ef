"""A picture of every page, as the demonstration shows it: light, dark, on a phone, and in Hindi."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page

from gasutil.models import User
from tests.support import pages
from tests.support.browser import dress, show

pytestmark = pytest.mark.screenshots
FOLDER = Path(os.environ.get("SCREENSHOTS", settings.VAR_DIR / "screenshots"))
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LOOKS = {
    "light": ("light", DESK),
    "dark": ("dark", DESK),
    "phone": ("light", PHONE),
    "hindi": ("light", DESK),
}
# The best of them, which README and documentation show: the page and its look, by the name in
# docs/images.
BEST = {
    ("index", "light"): "overview",
    ("gasutil_servicerequest_changelist", "light"): "queue",
    ("gasutil_servicerequest_change", "light"): "ticket",
    ("bulk-preview", "light"): "bulk",
    ("gasutil_requesttype_change", "dark"): "type-dark",
    ("gasutil_servicerequest_changelist", "phone"): "phone",
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_page(
    look: str, page: Page, demo: dict[str, User], let_in: Callable[[User], None], base_url: str
) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    theme, size = LOOKS[look]
    dress(page, theme)
    page.set_viewport_size(size)
    if look == "hindi":
        page.context.add_cookies(
            [{"name": settings.LANGUAGE_COOKIE_NAME, "value": "hi", "url": base_url}]
        )
    for seen in pages.public(demo["customer"]):
        take(page, seen, look)
    let_in(demo["manager"])
    for seen in pages.console(demo["manager"]):
        take(page, seen, look)
    assert (FOLDER / f"gasutil_servicerequest_changelist-{look}.png").stat().st_size > 10_000


def take(page: Page, seen: pages.Seen, look: str) -> None:
    """Take a picture of a whole page.

    If the page is among the best, take one for the documentation as well.
    """
    show(page, seen)
    page.evaluate(
        "document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() =>"
        " requestAnimationFrame(done))))"
    )
    page.screenshot(path=FOLDER / f"{seen.name}-{look}.png", full_page=not seen.dialog)
    if name := BEST.get((seen.name, look)):
        page.screenshot(path=settings.BASE_DIR / "docs" / "images" / f"{name}.png")
