"""Imports have one direction, and service requests change through `gasutil.workflow` alone."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
ENTRY_POINTS = sorted(
    path for part in ("api", "admin") for path in (ROOT / "gasutil" / part).rglob("*.py")
)
CHANGING = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
VERBS = {"requests", "accounts"}  # modules of verbs, whose `update` is the right way


def test_imports_point_one_way() -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def changes_of_requests(source: str) -> Iterator[str]:
    """Find the calls that would write a service request or its log without a verb.

    That is a changing method of either model, or of a variable with one of the usual names of a
    request.
    """
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CHANGING
        ):
            names = {inner.id for inner in ast.walk(node.func.value) if isinstance(inner, ast.Name)}
            names |= {
                inner.attr
                for inner in ast.walk(node.func.value)
                if isinstance(inner, ast.Attribute)
            }
            if (
                names
                & {
                    "ServiceRequest",
                    "RequestUpdate",
                    "service_request",
                    "service_requests",
                    "log_entry",
                }
                and not names & VERBS
            ):
                yield ast.unparse(node)


@pytest.mark.parametrize(
    "path", ENTRY_POINTS, ids=[str(path.relative_to(ROOT)) for path in ENTRY_POINTS]
)
def test_no_entry_point_writes_a_service_request_itself(path: Path) -> None:
    assert list(changes_of_requests(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "ServiceRequest.objects.create(status='x')",
        "ServiceRequest.objects.filter(pk=1).update(status='x')",
        "service_request.save()",
        "models.ServiceRequest.objects.get(pk=1).delete()",
        "RequestUpdate.objects.bulk_create([])",
        "user.service_requests.all().update(status='x')",
    ],
)
def test_a_violation_is_found(source: str) -> None:
    assert list(changes_of_requests(source)) == [source]


def test_the_verbs_are_no_violation() -> None:
    assert list(changes_of_requests("requests.update(service_request.pk, status='x')")) == []
