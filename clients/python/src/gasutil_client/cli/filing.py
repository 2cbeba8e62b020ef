"""Filing a request: choose a type, answer its questions, and send it.

If the response is lost, the request is still filed only once.
"""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.text import Text

from gasutil_client import Away, DeskError, Refused, Session, expect
from gasutil_client.cli import showing
from gasutil_client.cli.questions import Question, Unreadable, field_name, questions
from gasutil_client.generated.api.request_types import list_request_types
from gasutil_client.generated.api.requests import create_request
from gasutil_client.generated.models import (
    CreateRequestFilesCreateRequestForm,
    RequestType,
    RequestTypePage,
    ServiceRequest,
)
from gasutil_client.generated.types import UNSET, File

T = TypeVar("T")
RETRY_DELAYS_SECONDS = (1, 2, 4, 8)


@dataclass
class Draft:
    """A request before it is filed."""

    kind: RequestType
    description: str = ""
    address: str | None = None
    """None where it has not been asked for; nothing where it is the customer's own."""
    details: dict[str, Any] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)


def catalogue(session: Session) -> list[RequestType]:
    """Return the request types that can be filed."""
    return expect(
        RequestTypePage, list_request_types.sync_detailed(client=session.anyone, page_size=100)
    ).results


def pick(kinds: list[RequestType], code: str, *, asks: bool) -> RequestType:
    """Return the type with a code, or the one that the user picks."""
    for number, kind in enumerate(kinds if asks and not code else (), 1):
        showing.line(
            Text.assemble(
                f"{number:>3}  ",
                (showing.plain(kind.name), "bold red" if kind.is_emergency else ""),
            )
        )
    while True:
        asked = code or (typer.prompt("Request type (number)") if asks else "")
        for number, kind in enumerate(kinds, 1):
            if asked in (kind.code, str(number)):
                return kind
        if code or not asks:
            raise Unreadable(
                f"No such request type: {code!r}. Use --type with one of:"
                f" {', '.join(kind.code for kind in kinds)}."
            )


def ask(draft: Draft) -> None:
    """Ask the questions that a draft does not answer yet."""
    schema = draft.kind.schema.to_dict()
    if not draft.description:
        draft.description = typer.prompt("What happened?").strip()
    if draft.address is None:
        draft.address = typer.prompt(
            "Where? (press Enter for your own address)", default="", show_default=False
        ).strip()
    for question in questions(schema, draft.details):
        if question.name not in draft.details.keys() | draft.left_out:
            answer = _answer(question)
            if answer is None:
                draft.left_out.add(question.name)
            else:
                draft.details[question.name] = answer
    asked = {question.name for question in questions(schema, draft.details)}
    draft.details = {name: answer for name, answer in draft.details.items() if name in asked}


def _answer(question: Question) -> Any:
    """Ask until the answer is valid; return None if it is left out."""
    if question.help:
        showing.line(Text(showing.plain(question.help), style="dim"))
    for number, label in enumerate(question.choices.values(), 1):
        showing.line(Text(f"{number:>3}  {showing.plain(label)}"))
    hint = ", ".join(
        part
        for part in (question.hint, "" if question.is_required else "press Enter to skip")
        if part
    )
    while True:
        text = typer.prompt(
            showing.plain(question.title) + (f" ({hint})" if hint else ""),
            default="",
            show_default=False,
        )
        if not text.strip() and not question.is_required:
            return None
        try:
            return question.read(text)
        except Unreadable as error:
            showing.complain(str(error))


def submit(session: Session, draft: Draft, key: str, *, asks: bool) -> ServiceRequest:
    """File a draft.

    If a user is at the terminal, ask again for the answers that the server rejects.
    """
    while True:
        try:
            return insist(partial(_send, session, draft, key), key)
        except Refused as error:
            if not asks or error.status != HTTPStatus.UNPROCESSABLE_ENTITY or not error.errors:
                raise
            result = {field_name(problem.field): problem.message for problem in error.errors}
            print_errors(result)
            if not _take_back(draft, result):
                raise
            ask(draft)
            key = str(uuid.uuid4())  # another body is another call


def print_errors(messages: Mapping[str, str]) -> None:
    """Print the errors, field by field."""
    for name, message in messages.items():
        showing.complain(f"{name}: {message}")


def _take_back(draft: Draft, messages: Mapping[str, str]) -> bool:
    """Remove the rejected answers, so that they are asked for again.

    Return whether there are any.
    """
    known = {"description", "address", *draft.kind.schema.to_dict().get("properties", {})}
    draft.description = "" if "description" in messages else draft.description
    draft.address = None if "address" in messages else draft.address
    draft.left_out -= messages.keys()
    for name in messages:
        draft.details.pop(name, None)
    return bool(known & messages.keys())


def insist(call: Callable[[], T], key: str) -> T:
    """Repeat a call whose response got lost; its key ensures that it takes effect once."""
    for pause in RETRY_DELAYS_SECONDS:
        try:
            return call()
        except Away as error:
            showing.note(f"{error} Retrying in {pause} s.")
            time.sleep(pause)
    try:
        return call()
    except Away as error:
        raise DeskError(
            f"{error} The request may have been created. To try again without creating it twice,"
            f" add: --key {key}"
        ) from error


def _send(session: Session, draft: Draft, key: str) -> ServiceRequest:
    with_files = [File((path).open("rb"), path.name) for path in draft.files]
    try:
        form = CreateRequestFilesCreateRequestForm(
            request_type=draft.kind.code,
            description=draft.description,
            address=draft.address or UNSET,
            details=json.dumps(draft.details),
            attachments=with_files or UNSET,
        )
        return expect(
            ServiceRequest,
            create_request.sync_detailed(client=session.client, body=form, idempotency_key=key),
        )
    finally:
        for file in with_files:
            file.payload.close()
