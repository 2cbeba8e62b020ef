"""The pages of the documentation, and their code blocks."""

import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.http import Http404

from gasutil.api.framework.problem_docs import PROBLEM_TYPES as TYPES
from gasutil.api.main import api

PAGES: Path = settings.BASE_DIR / "docs"
README: Path = settings.BASE_DIR / "README.md"


@cache
def load_generator() -> ModuleType:
    """Return the module that generates tables."""
    spec = importlib.util.spec_from_file_location("docs_generate", PAGES / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def documented_problems() -> dict[tuple[str, str], set[str]]:
    """Return the problem types that the OpenAPI document names, by method and route."""
    return {
        (method.upper(), re.sub(r"\{(\w+)\}", "<>", path)): {
            name for answer in operation["responses"].values() for name in answer.get(TYPES, ())
        }
        for path, operations in api.untyped[1]["paths"].items()
        for method, operation in operations.items()
    }


def check_call(response: Any, problem_type: str) -> None:
    """Fail if the OpenAPI document does not name a problem at the call that returned it."""
    try:
        route = re.sub(r"<[^>]+>", "<>", response.resolver_match.route)
    except Http404:
        return
    method = response.request["REQUEST_METHOD"].replace("HEAD", "GET")
    named = documented_problems().get((method, f"/{route}"))
    if named is not None:
        assert problem_type in named, f"Declare it in the `errors` of {method} {route}."


@cache
def documented_errors() -> tuple[frozenset[str], frozenset[str]]:
    """Return the problem types and the codes of validation errors that the documentation lists."""
    reference = load_generator().REFERENCE
    types = {*reference["problems"], *reference["http_problems"]}
    return frozenset(types), frozenset(reference["codes"])


def documented_params(code: str) -> frozenset[str]:
    """Return the names that the documentation lists for the `params` of a code."""
    return frozenset(load_generator().REFERENCE["code_params"].get(code, ()))


def documented(response: Any) -> Any:
    """Return a response of the API; fail if it is an error that the documentation does not list.

    A problem has the ID of its request as `instance`. It is checked here and removed, so that tests
    can compare the rest of the body as a whole.
    """
    if (
        response.headers.get("Content-Type") == "application/problem+json" and response.content
    ):  # none to HEAD
        types, codes = documented_errors()
        problem = json.loads(response.content)
        assert problem["type"].rpartition(":")[2] in types, "Describe it in docs/reference.toml."
        if problem["status"] < 500 or problem["type"].endswith("busy"):
            check_call(response, problem["type"])
        unknown = {error["code"] for error in problem.get("errors", ())} - codes
        assert not unknown, "Describe it in docs/reference.toml."
        for error in problem.get("errors", ()):
            assert error["params"].keys() <= documented_params(error["code"]), error
        assert problem.pop("instance") == response.headers["X-Request-Id"]
        response.content = json.dumps(problem).encode()
    return response


def code_blocks(page: Path, language: str = "python") -> list[str]:
    """Return the code blocks of a page in a language."""
    return re.findall(
        rf"^```{language}[^\n]*\n(.*?)^```",
        page.read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
