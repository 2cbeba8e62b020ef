"""The operations guide names every command, file and health check, and none that does not exist."""

import re

from django.conf import settings
from django.core.management import get_commands

from gasutil import health
from tests.support.documentation import PAGES

GUIDE = "\n".join(
    page.read_text(encoding="utf-8") for page in sorted((PAGES / "operations").glob("*.md"))
)
COMMANDS = (PAGES / "operations" / "commands.md").read_text(encoding="utf-8")


def test_every_command_of_our_own_is_listed() -> None:
    own = {name for name, app in get_commands().items() if app == "gasutil"}
    listed = {
        name.split()[0]
        for cell in re.findall(r"^\| (`[^|]+) \|", COMMANDS, re.MULTILINE)
        for name in re.findall(r"`([^`]+)`", cell)
    }
    assert own <= listed


def test_every_target_of_the_makefile_is_listed() -> None:
    targets = re.findall(
        r"^([a-z0-9-]+):.*##",
        (settings.BASE_DIR / "Makefile").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    listed = re.findall(r"^\| `([a-z0-9-]+)` \|", COMMANDS.partition("`make …`")[2], re.MULTILINE)
    assert set(targets) - {"help"} == set(listed)


def test_the_commands_that_it_names_exist() -> None:
    named = set(re.findall(r"(?:deploy/manage|manage\.py) ([a-z_]+)", GUIDE))
    assert named
    assert named <= set(get_commands())


def test_the_files_that_it_names_exist() -> None:
    named = set(re.findall(r"deploy/[\w@.-]*\w", GUIDE)) - {"deploy/example"}
    assert {name for name in named if not (settings.BASE_DIR / name).exists()} == set()


def test_every_part_of_health_is_explained() -> None:
    page = (PAGES / "operations" / "monitoring.md").read_text(encoding="utf-8")
    assert {
        name
        for name in (*health.CHECKS, *health.BY_DATABASE)
        if f'"{name}"' not in page or f"`{name}`" not in page
    } == set()
