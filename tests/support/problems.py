"""The body of each error of the API."""

from typing import Any

TYPE = "urn:gasutil:problem:"


APPROVAL_REQUIRED = {
    "type": TYPE + "approval-required",
    "title": "Approval required",
    "status": 403,
    "detail": "A manager must approve this support account first.",
}


NOT_FOUND = {
    "type": TYPE + "not-found",
    "title": "Not found",
    "status": 404,
    "detail": "Not found.",
}


NO_TOKEN = {
    "type": TYPE + "not-authenticated",
    "title": "Not authenticated",
    "status": 401,
    "detail": "Send an access token: `Authorization: Bearer …`.",
}


def not_allowed(detail: str) -> dict[str, Any]:
    return {"type": TYPE + "not-allowed", "title": "Not allowed", "status": 403, "detail": detail}


def ended(detail: str = "This login has ended.") -> dict[str, Any]:
    return {
        "type": TYPE + "not-authenticated",
        "title": "Not authenticated",
        "status": 401,
        "detail": detail,
    }


def conflict(detail: str) -> dict[str, Any]:
    return {"type": TYPE + "conflict", "title": "Conflict", "status": 409, "detail": detail}


def refused(detail: str, allowed: list[str]) -> dict[str, Any]:
    return {
        "type": TYPE + "transition-refused",
        "title": "Transition not allowed",
        "status": 409,
        "detail": detail,
        "allowed_statuses": allowed,
    }


def invalid(*errors: tuple[Any, ...]) -> dict[str, Any]:
    """Return the body of a 422: each error is a field, a code, a message and perhaps its params."""
    return {
        "type": TYPE + "invalid",
        "title": "Invalid input",
        "status": 422,
        "detail": "Some fields are not valid. See `errors`.",
        "errors": [
            {
                "field": field,
                "code": code,
                "message": message,
                "params": params[0] if params else {},
            }
            for field, code, message, *params in errors
        ],
    }


def field_errors(answer: Any) -> list[tuple[str, str]]:
    """Return the fields and the codes of the errors of a response."""
    assert answer.status_code == 422
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]
