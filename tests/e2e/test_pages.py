"""Every page, in both themes, on a desk and on a phone: WCAG 2.2 AA by axe, the page's own policy, nothing that scrolls sideways."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from gasutil.models import User
from tests.e2e import pages
from tests.e2e.pages import Seen

pytestmark = pytest.mark.e2e
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 390)
# What is not ours and can't be mended from outside, by its page, each with its reason.
LET_BE = {
    "api-docs": "Swagger UI draws it, with colours, headings and targets of its own; `/api/v1/openapi.json` says the same in plain text.",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_it(theme: str, page: Page, demo: dict[str, User], let_in: Callable[[User], None]) -> None:
    dress(page, theme)
    let_in(demo["manager"])
    found = [fault for seen in pages.console(demo["manager"]) for fault in faults_of(page, seen)]
    page.context.clear_cookies()
    found += [fault for seen in pages.public(demo["customer"]) for fault in faults_of(page, seen)]
    assert not found, "\n".join(["", *sorted(set(found))])


def dress(page: Page, theme: str) -> None:
    """Have pages be shown in a theme."""
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    page.add_init_script(f"localStorage.setItem('adminTheme', JSON.stringify({theme!r}))")


def show(page: Page, seen: Seen) -> None:
    """Open a page, and the dialog on it."""
    page.goto(seen.path)
    if seen.dialog:
        page.wait_for_function("window.htmx && document.body._x_dataStack")
        page.evaluate("path => htmx.ajax('GET', path, { target: '#modal-content', select: '#dialog' })", seen.dialog)
        page.evaluate("Alpine.$data(document.body).openModal = true")
        page.locator("#dialog").wait_for()


def faults_of(page: Page, seen: Seen) -> Iterator[str]:
    """Yield what is wrong with a page at every width: where, which rule, what to do, and with what."""
    show(page, seen)
    if seen.name in LET_BE:
        return
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{seen.name} at {width}: scrolls sideways, {wide} px"
        for rule in axe(page, "#modal-content" if seen.dialog else None):
            for node in rule["nodes"]:
                what = f"{' '.join(map(str, node['target']))}\n    {node['html'][:160]}\n    {why(node)}"
                yield f"{seen.name} at {width}: {rule['id']} ({rule['help']})\n    {what}"


def axe(page: Page, part: str | None) -> list[dict[str, Any]]:
    """Return the rules that a page, or a part of it, breaks."""
    options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
    found = page.evaluate(f"part => axe.run(part || document, {options})", part)
    return list(found["violations"])


def why(node: dict[str, Any]) -> str:
    """Return what axe says against a part of a page, in one line."""
    return " · ".join(check["message"] for check in node["any"] + node["all"] + node["none"])[:200]
