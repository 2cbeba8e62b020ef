"""Every page, in both themes, on a desktop and on a phone:

WCAG 2.2 AA by axe, the page's own policy, and no sideways scrolling.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Error, Page, expect

from gasutil.models import User
from tests.support import pages
from tests.support.browser import show
from tests.support.pages import Seen

pytestmark = pytest.mark.e2e
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The dark differs in its colours alone.
THEMES = {"light": RULES, "dark": ["color-contrast", "link-in-text-block"]}
WIDTHS = (1280, 390)
# As the switch in the menu does it, and to the end of every transition.
WEAR = """theme => {
    const root = document.documentElement;
    root.dataset.theme = theme;
    if (root._x_dataStack) Alpine.$data(root).adminTheme = theme;
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
        for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
        done();
    })));
}"""
# What is not ours and can't be repaired from outside, by its page, each with its reason.
LET_BE = {
    "api-docs": (
        "Swagger UI draws it, with colours, headings and targets of its own; `/api/v1/openapi.json`"
        " says the same in plain text."
    ),
}

ROLES = {"agent": "support", "root": "root"}  # whose pages the parts have, if not a manager's


@pytest.mark.parametrize("part", ["lists", "forms", "dialogs", "agent", "root", "public"])
def test_every_page_is_accessible(
    part: str, page: Page, demo: dict[str, User], let_in: Callable[[User], None]
) -> None:
    page.emulate_media(reduced_motion="reduce")
    if part != "public":
        let_in(demo[ROLES.get(part, "manager")])
    result = [error for seen in PARTS[part](demo) for error in violations_of(page, seen)]
    assert not result, "\n".join(["", *sorted(set(result))])


def test_the_menu_of_the_user_holds_its_entries(
    page: Page, support: User, let_in: Callable[[User], None]
) -> None:
    let_in(support)
    page.goto("/admin/")
    page.locator("[x-on\\:click='openUserLinks = !openUserLinks']").click()
    theme = page.locator("[x-on\\:click^=switchTheme]").last
    expect(theme).to_be_visible()
    assert theme.evaluate("one => one.parentElement.scrollWidth <= one.parentElement.clientWidth")


def console(demo: dict[str, User], *, are_forms: bool) -> list[Seen]:
    """Return the pages of the console that show one object, or those that do not."""
    return [
        seen
        for seen in pages.console(demo["manager"])
        if not seen.dialog and any(map(str.isdigit, seen.path)) == are_forms
    ]


PARTS: dict[str, Callable[[dict[str, User]], list[Seen]]] = {
    "lists": partial(console, are_forms=False),
    "forms": partial(console, are_forms=True),
    "dialogs": lambda demo: [seen for seen in pages.console(demo["manager"]) if seen.dialog],
    "agent": lambda demo: pages.console(demo["support"]),
    "root": lambda demo: sorted(
        set(pages.console(demo["root"])) - set(pages.console(demo["manager"])),
        key=lambda seen: seen.path,
    ),
    "public": lambda demo: pages.public(demo["customer"]),
}


def violations_of(page: Page, seen: Seen) -> Iterator[str]:
    """Yield the violations of a page at every width and in both themes.

    Each has its place, rule and advice.
    """
    show(page, seen)
    if seen.name in LET_BE:
        return
    page.evaluate(f"if (!window.axe) {{ {AXE_SCRIPT} }}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if not fits(page, width):
            yield f"{seen.name} at {width}: scrolls sideways"
        if not seen.dialog:
            yield from (
                f"{seen.name} at {width}: {name} can't be pressed" for name in covered(page)
            )
        for theme, rules in THEMES.items():
            page.evaluate(WEAR, theme)
            for rule in axe(page, rules, "#modal-content" if seen.dialog else None):
                yield f"{seen.name} at {width}, {theme}: {broken(rule)}"


def fits(page: Page, width: int) -> bool:
    """Return whether a page is no wider than the window.

    It is measured as soon as its charts have been drawn again.
    """
    try:
        page.wait_for_function(
            "width => document.documentElement.scrollWidth <= width", arg=width, timeout=2000
        )
    except Error:
        return False
    return True


def covered(page: Page) -> Iterator[str]:
    """Yield the buttons of a form that another element covers."""
    for button in page.locator("#submit-row [type=submit]").all():
        try:
            button.click(trial=True, timeout=2000)
        except Error:
            yield button.inner_text()


def broken(rule: dict[str, Any]) -> str:
    """Return the violation of a rule, with the first part of the page that breaks it."""
    first, *others = rule["nodes"]
    where = " ".join(map(str, first["target"]))
    return (
        f"{rule['id']} ({rule['help']})\n    {where}\n    {first['html'][:160]}\n    {why(first)}\n"
        f"    and {len(others)} more"
    )


def axe(page: Page, rules: list[str], part: str | None) -> list[dict[str, Any]]:
    """Return the rules that a page, or a part of it, breaks."""
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    result = page.evaluate(
        "([part, options]) => axe.run(part || document, options)", [part, options]
    )
    return list(result["violations"])


def why(node: dict[str, Any]) -> str:
    """Return what axe says against a part of a page, in one line."""
    return " · ".join(check["message"] for check in node["any"] + node["all"] + node["none"])[:200]
