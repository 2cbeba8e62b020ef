"""The commands."""

import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from gasutil_client import DeskError, LoginEnded, Refused, Session, expect
from gasutil_client.cli import filing, proving, showing, state, watching
from gasutil_client.cli.questions import Unreadable, field_name, read_all
from gasutil_client.generated.api.accounts import register as register_call
from gasutil_client.generated.api.requests import (
    attach_file,
    cancel_request,
    comment_request,
    get_request,
    list_requests,
)
from gasutil_client.generated.models import (
    AttachFileAttachFileForm,
    Attachment,
    Comment,
    Notes,
    Profile,
    Registration,
    RequestUpdate,
    ServiceRequest,
    ServiceRequestDetail,
    ServiceRequestPage,
)
from gasutil_client.generated.types import UNSET, File

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Create service requests, and follow them.",
)
Pk = Annotated[int, typer.Argument(metavar="ID", help="The ID of the request.")]


@app.callback()
def main(
    context: typer.Context,
    server: Annotated[
        str, typer.Option(envvar="GASUTIL_SERVER", help="The URL of the service desk.")
    ] = "http://127.0.0.1:8000",
) -> None:
    """Store the address of the server for the command."""
    context.obj = server


@contextmanager
def opened(context: typer.Context) -> Iterator[Session]:
    """Provide the session of a command."""
    with state.session(context.obj) as session:
        yield session


@app.command()
def register(
    context: typer.Context,
    username: Annotated[str, typer.Option(prompt=True)],
    email: Annotated[str, typer.Option(prompt=True)],
    first_name: Annotated[str, typer.Option(prompt=True)],
    last_name: Annotated[str, typer.Option(prompt=True)],
    phone: Annotated[str, typer.Option(prompt="Phone (for example +917890123456)")],
    address: Annotated[str, typer.Option(prompt=True)],
    password: Annotated[
        str,
        typer.Option(
            prompt=True, hide_input=True, confirmation_prompt=True, envvar="GASUTIL_PASSWORD"
        ),
    ],
) -> None:
    """Create a customer account, and log in."""
    body = Registration(
        username=username,
        password=password,
        password2=password,
        email=email,
        first_name=first_name,
        last_name=last_name,
        phone_number=phone,
        address=address,
    )
    with opened(context) as session:
        profile = expect(Profile, register_call.sync_detailed(client=session.anyone, body=body))
        session.log_in(username, password)
        state.remember(context.obj, username)
    showing.note(f"Welcome, {profile.first_name}. You are logged in as {profile.username}.")


@app.command()
def login(
    context: typer.Context,
    username: Annotated[str, typer.Option(prompt=True)],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, envvar="GASUTIL_PASSWORD")],
) -> None:
    """Log in. Only your user account can read the stored tokens."""
    with opened(context) as session:
        session.log_in(username, password)
        state.remember(context.obj, username)
    showing.note(f"You are logged in as {username}.")


@app.command()
def logout(context: typer.Context) -> None:
    """Log out."""
    with opened(context) as session:
        session.log_out()
    showing.note("You are logged out.")


@app.command()
def types(context: typer.Context) -> None:
    """List the request types."""
    with opened(context) as session:
        showing.types(filing.catalogue(session))


@app.command()
def file(
    context: typer.Context,
    kind: Annotated[
        str, typer.Option("--type", help="The code of the request type (see `types`).")
    ] = "",
    description: Annotated[str, typer.Option(help="What happened.")] = "",
    address: Annotated[str, typer.Option(help="Where. Default: the address of your account.")] = "",
    answers: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="An answer to a question of the type. Can be repeated.",
        ),
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--file", exists=True, dir_okay=False, help="A photo or a PDF. Can be repeated."
        ),
    ] = None,
    key: Annotated[
        str, typer.Option(help="The idempotency key of an earlier attempt without a response.")
    ] = "",
    ask: Annotated[
        bool | None,
        typer.Option(
            "--ask/--no-ask", help="Ask for missing answers.", show_default="on a terminal"
        ),
    ] = None,
) -> None:
    """Create a request."""
    asks = ask if ask is not None else sys.stdin.isatty() and not answers
    with opened(context) as session:
        session.access()  # fail before the questions if the user is not logged in
        picked = filing.pick(filing.catalogue(session), kind, asks=asks)
        if asks and picked.safety_instructions:
            showing.warn(picked.safety_instructions)
        given = read_all(picked.schema.to_dict(), dict(_pair(answer) for answer in answers or ()))
        draft = filing.Draft(
            picked, description, address or (None if asks else ""), given, files or []
        )
        if asks:
            filing.ask(draft)
        showing.filed(filing.submit(session, draft, key or str(uuid.uuid4()), asks=asks))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Unreadable(f"Write answers as --set name=value, not {text!r}.")
    return name.strip(), value


@app.command()
def requests(context: typer.Context) -> None:
    """List your newest requests."""
    with opened(context) as session:
        showing.listed(
            expect(ServiceRequestPage, list_requests.sync_detailed(client=session.client)).results
        )


@app.command()
def show(context: typer.Context, pk: Pk) -> None:
    """Show a request with its deadlines, its files and its updates."""
    with opened(context) as session:
        showing.shown(
            expect(ServiceRequestDetail, get_request.sync_detailed(pk, client=session.client))
        )


@app.command()
def comment(context: typer.Context, pk: Pk, text: str) -> None:
    """Comment on a request. A request that waits for you is resumed."""
    with opened(context) as session:
        done = expect(
            RequestUpdate,
            comment_request.sync_detailed(pk, client=session.client, body=Comment(text)),
        )
    showing.note(f"Comment sent. The request is {showing.words(done.status.value)}.")


@app.command()
def cancel(
    context: typer.Context, pk: Pk, notes: Annotated[str, typer.Option(help="The reason.")] = ""
) -> None:
    """Cancel a pending request."""
    with opened(context) as session:
        done = expect(
            ServiceRequest,
            cancel_request.sync_detailed(pk, client=session.client, body=Notes(notes or UNSET)),
        )
    showing.note(f"Request {done.reference} cancelled.")


@app.command()
def attach(
    context: typer.Context,
    pk: Pk,
    path: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)],
) -> None:
    """Add a photo or a PDF to a request."""
    with opened(context) as session, path.open("rb") as content:
        form = AttachFileAttachFileForm(file=File(content, path.name))
        added = expect(Attachment, attach_file.sync_detailed(pk, client=session.client, body=form))
    showing.note(f"File {added.filename} added.")


@app.command()
def proof(
    context: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="REFERENCE", help="The reference of the request, or its ID.")
    ],
    output: Annotated[
        Path | None, typer.Option(help="The new file. Default: named after the request.")
    ] = None,
    key: Annotated[
        str,
        typer.Option(
            envvar="GASUTIL_LOG_KEY",
            help="The log's key (vkey), or a file that contains it. Default: the stored one.",
        ),
    ] = "",
    witnesses: Annotated[
        list[str] | None,
        typer.Option(
            "--witness", help="The key of a witness that has to have signed. Can be repeated."
        ),
    ] = None,
) -> None:
    """Save the proof of a request in a file, and check it without the server."""
    with opened(context) as session:
        pk = proving.request_id(session, reference)
        saved = proving.save(proving.fetch(session, pk), reference, output)
        showing.note(f"Saved in {saved}. Keep it where the utility can't change it.")
        trusted = proving.trusted_key(session, key)
        proving.check(saved, trusted, witnesses or [])
        proving.store_key(session, trusted)


@app.command()
def watch(
    context: typer.Context,
    pk: Annotated[
        int | None,
        typer.Argument(metavar="[ID]", help="The ID of a request. Default: all requests."),
    ] = None,
) -> None:
    """Show updates as they happen. Interrupted connections are restored.

    Without an ID, start where the last watch ended.
    """
    with opened(context) as session:
        if pk is None:
            watching.watch_all(session, state.bookmarks(context.obj))
        else:
            watching.watch_one(session, pk)


def run() -> NoReturn:
    """Run a command, and print any error as one sentence."""
    try:
        app()
    except LoginEnded as error:
        showing.complain(f"{error} Use `gasutil-cli login` or `gasutil-cli register`.")
    except Refused as error:
        _print_refusal(error)
    except (DeskError, Unreadable) as error:
        showing.complain(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(1)


def _print_refusal(error: Refused) -> None:
    if error.status == HTTPStatus.UNPROCESSABLE_ENTITY and error.errors:
        filing.print_errors(
            {field_name(problem.field): problem.message for problem in error.errors}
        )
    else:
        showing.complain(str(error))
