"""Watching requests live: each step is one line, even if the server restarts."""

from collections.abc import Callable, Iterable

from gasutil_client import (
    Away,
    Bookmarks,
    Connected,
    Event,
    Lost,
    Reset,
    Session,
    Stream,
    expect,
)
from gasutil_client.cli import showing
from gasutil_client.generated.api.request_updates import list_request_updates
from gasutil_client.generated.api.requests import get_request
from gasutil_client.generated.models import RequestUpdate, RequestUpdatePage, ServiceRequestDetail

ReportedUpdate = tuple[str, RequestUpdate]  # a reference and an update
Story = Callable[[], Iterable[ReportedUpdate]]


class Watcher:
    """Prints each step once: from the stream, and from the updates if the stream lacks them."""

    def __init__(self, session: Session, story: Story, pk: int | None = None) -> None:
        self.session = session
        self.story = story
        self.pk = pk
        self.printed: set[int] = set()
        self.greeting = "Watching. Press Ctrl+C to stop."

    def follow(self, stream: Stream, *, from_the_start: bool) -> None:
        """Print the events, without end."""
        is_due = from_the_start
        for notice in stream.follow():
            match notice:
                case Event():
                    if self.pk in (None, notice.service_request):
                        self.print_update(notice.reference, notice.update)
                case Lost():
                    showing.note(f"{notice.reason} Reconnecting in {notice.pause:.0f} s.")
                    self.greeting = "Connected again."
                case Connected():
                    self.greet()
                case Reset():
                    is_due = True
            if is_due and not isinstance(notice, Lost):
                is_due = not self.has_caught_up()

    def greet(self) -> None:
        """Print that the stream is open, but not after a change of tokens."""
        if self.greeting:
            showing.note(self.greeting)
        self.greeting = ""

    def has_caught_up(self) -> bool:
        """Print the updates that have not been printed; return whether the server responded."""
        try:
            for entry in self.story():
                self.print_update(*entry)
        except Away:
            return False
        return True

    def print_update(self, reference: str, update: RequestUpdate) -> None:
        """Print a step, unless it has been printed."""
        if update.id not in self.printed:
            self.printed.add(update.id)
            showing.line(showing.step(reference, update))


def request_of(session: Session, pk: int) -> ServiceRequestDetail:
    """Return a request with its updates."""
    return expect(ServiceRequestDetail, get_request.sync_detailed(pk, client=session.client))


def watch_one(session: Session, pk: int) -> None:
    """Print a request's updates, then each step as it happens."""

    def story() -> Iterable[ReportedUpdate]:
        obj = request_of(session, pk)
        return [(obj.reference, update) for update in obj.updates]

    story()  # fails at once if the user may not see the request
    Watcher(session, story, pk).follow(Stream(session), from_the_start=True)


def watch_all(session: Session, bookmarks: Bookmarks) -> None:
    """Print each step of all requests that the user may see, from the end of the last watch."""

    def story() -> Iterable[ReportedUpdate]:
        page = expect(
            RequestUpdatePage,
            list_request_updates.sync_detailed(client=session.client, page_size=100),
        )
        return [(f"request {update.service_request}", update) for update in reversed(page.results)]

    Watcher(session, story).follow(Stream(session, bookmarks), from_the_start=False)
