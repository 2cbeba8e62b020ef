"""Code that tests share is in tests/support/."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.sweep

TESTS = Path(__file__).parents[1]
FILES = [path for path in TESTS.rglob("*.py") if "node_modules" not in path.parts]
SHARED = {"support", "tools", "example_app"}  # packages that every test may import from


def imported(source: str) -> Iterator[str]:
    """Yield the name of each module of `tests` that a source imports, or imports from."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("tests"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests"):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def is_shared(module: str, package: str) -> bool:
    """Return whether a module in a package of `tests` may import another."""
    parts = module.split(".")[1:]
    if any(part.startswith("test_") or part == "conftest" for part in parts):
        return False
    return parts[0] in {*SHARED, package}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_what_tests_share_is_in_support(path: Path) -> None:
    package = path.relative_to(TESTS).parts[0]
    result = [name for name in imported(path.read_text()) if not is_shared(name, package)]
    assert result == [], "Move it to tests/support/ and import it from there."


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_random_numbers_have_a_printed_seed(path: Path) -> None:
    found = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Import) and "random" in [name.name for name in node.names])
        or (isinstance(node, ast.ImportFrom) and node.module == "random")
    ]
    assert found == [] or path.name == "randomness.py", "Take the fixture `chance`."


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_tests_wait_for_conditions(path: Path) -> None:
    """A pause that is no wait, such as the pace of a client, has a comment that says so."""
    lines = path.read_text().splitlines()
    calls = [
        node.lineno
        for node in ast.walk(ast.parse("\n".join(lines)))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "asyncio.sleep")
    ]
    found = [number for number in calls if "  # " not in lines[number - 1]]
    assert found == [], "Use `wait_for` of tests.support.waiting."


@pytest.mark.parametrize(
    ("module", "shared"),
    [
        ("tests.support.people.PASSWORD", True),
        ("tests.admin.sweep.Sweep", True),
        ("tests.admin.test_queue.NASTY", False),
        ("tests.admin.conftest.QUEUE", False),
        ("tests.conftest.Api", False),
        ("tests.upgrade.release.Release", False),
    ],
)
def test_the_rule_is_about_modules_of_tests(module: str, shared: bool) -> None:
    assert is_shared(module, "admin") is shared
