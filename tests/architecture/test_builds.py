"""Builds are reproducible: exact versions of images and packages, and one workflow for all."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from ruamel.yaml import YAML

ROOT: Path = settings.BASE_DIR
DEPLOY = ROOT / "deploy"


def images() -> list[str]:
    """Return the images that are fetched from a registry."""
    text = "\n".join(
        (DEPLOY / name).read_text(encoding="utf-8") for name in ("Dockerfile", "compose.yaml")
    )
    return [
        item
        for item in re.findall(r"^(?:FROM| +image:) +(\S+)", text, re.MULTILINE)
        if item != "gas-service-desk"
    ]


def test_it_finds_the_images() -> None:
    assert {re.split("[:@]", image)[0] for image in images()} == {
        "python",
        "caddy",
        "postgres",
        "redis",
    }


@pytest.mark.parametrize("image", images())
def test_an_image_has_an_exact_version(image: str) -> None:
    assert re.fullmatch(r"[a-z]+(:\d+\.\d+\S*|@sha256:[0-9a-f]{64})", image)


@pytest.mark.parametrize(
    "folder", ["tests/javascript", "tests/document", "tests/contract/typescript"]
)
def test_npm_installs_what_is_locked_with_hashes(folder: str) -> None:
    lock = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
    assert [
        name for name, package in lock["packages"].items() if name and "integrity" not in package
    ] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda path: path.name
)
def test_the_files_of_github_are_yaml(path: Path) -> None:
    assert YAML(typ="safe").load(path)


def test_the_workflow_runs_the_checks_of_everyone() -> None:
    steps = YAML(typ="safe").load(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["ci"]["steps"]
    assert [step["run"] for step in steps if "run" in step][-1] == ".ci/run"


def test_every_dependency_has_its_reason() -> None:
    documented = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    lists = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("requirements*.in"))
    names = re.findall(r"^([a-z][a-z0-9-]*)", lists, re.MULTILINE)
    assert [
        name
        for name in names
        if not re.search(rf"(?<![a-z0-9-]){re.escape(name)}(?![a-z0-9-])", documented)
    ] == []
