"""The problems in the OpenAPI document: the types that each call can return, with examples."""

from collections.abc import Collection
from functools import cache
from typing import Any

from gasutil.api.framework.errors import JSON, PROBLEM, TYPE
from gasutil.api.framework.examples import header_docs, problem_examples, problem_samples

PROBLEM_TYPES = "x-problem-types"
samples = cache(problem_samples)


def problem_responses(codes: Collection[str]) -> dict[int, dict[str, Any]]:
    """Return the problem types that a call can return, by their status."""
    by_status: dict[int, dict[str, Any]] = {}
    for code, answer in samples().items():
        if code in codes:
            response = by_status.setdefault(answer.status_code, {PROBLEM_TYPES: []})
            response[PROBLEM_TYPES].append(TYPE + code)
    return by_status


def document_problems(operation: dict[str, Any]) -> None:
    """Document errors as `application/problem+json`, with their types, examples and headers."""
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            codes = [name.removeprefix(TYPE) for name in response[PROBLEM_TYPES]]
            answers = [samples()[code] for code in codes]
            names = " or ".join(f"`{code}`" for code in codes)
            response["description"] = f"A problem of type {names}."
            response["content"] = {
                PROBLEM: response["content"][JSON] | {"examples": problem_examples(answers)}
            }
            response.update(header_docs(answers[0].headers))


def share_problem_types(components: dict[str, Any]) -> None:
    """Name the enum of all problem types, which later releases can extend."""
    components["ProblemType"] = {
        "title": "ProblemType",
        "description": "The types of problems. Later releases add types: handle others by status.",
        "type": "string",
        "enum": [TYPE + code for code in samples()],
    }
    field = components["Problem"]["properties"]["type"]
    any_text = {"type": "string", "maxLength": 100}
    components["Problem"]["properties"]["type"] = {
        "title": field["title"],
        "anyOf": [{"$ref": "#/components/schemas/ProblemType"}, any_text],
        "examples": field["examples"],
    }
