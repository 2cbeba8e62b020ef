"""Watching requests live: each step a line, whatever happens to the server meanwhile."""

from collections.abc import Callable, Iterable

from gasutil_client import Away, Bookmarks, Connected, Event, Lost, Reset, Session, Stream, expect
from gasutil_client.cli import showing
from gasutil_client.generated.api.request_updates import list_request_updates
from gasutil_client.generated.api.requests import get_request
from gasutil_client.generated.models import RequestUpdate, RequestUpdatePage, ServiceRequestDetail

Story = Callable[[], Iterable[tuple[str, RequestUpdate]]]


class Watcher:
    """Prints each step once: from the stream, and from the story where the stream can't tell."""

    def __init__(self, story: Story, pk: int | None = None) -> None:
        self.story = story
        self.pk = pk
        self.printed: set[int] = set()
        self.greeting = "Watching. Ctrl+C ends it."

    def follow(self, stream: Stream, *, from_the_start: bool) -> None:
        """Print what happens, for ever."""
        is_due = from_the_start
        for notice in stream.follow():
            match notice:
                case Event():
                    if self.pk in (None, notice.service_request):
                        self.tell(notice.reference, notice.update)
                case Lost():
                    showing.note(f"{notice.reason} Coming back in {notice.pause:.0f} s.")
                    self.greeting = "Connected again."
                case Connected():
                    self.greet()
                case Reset():
                    is_due = True
            if is_due and not isinstance(notice, Lost):
                is_due = not self.has_caught_up()

    def greet(self) -> None:
        """Say that the stream is open, but not when it only has a new token."""
        if self.greeting:
            showing.note(self.greeting)
        self.greeting = ""

    def has_caught_up(self) -> bool:
        """Print what of the story has not been printed; return whether the server was there to tell it."""
        try:
            for reference, update in self.story():
                self.tell(reference, update)
        except Away:
            return False
        return True

    def tell(self, reference: str, update: RequestUpdate) -> None:
        """Print a step, unless it has been printed."""
        if update.id not in self.printed:
            self.printed.add(update.id)
            showing.line(showing.step(reference, update))


def watch_one(session: Session, pk: int) -> None:
    """Print a request's story, then each step of it as it happens."""

    def story() -> Iterable[tuple[str, RequestUpdate]]:
        obj = expect(ServiceRequestDetail, get_request.sync_detailed(pk, client=session.client))
        return [(obj.reference, update) for update in obj.updates]

    story()  # whoever may not see it is told at once
    Watcher(story, pk).follow(Stream(session), from_the_start=True)


def watch_all(session: Session, bookmarks: Bookmarks) -> None:
    """Print each step of all requests that one may see, from where the last watching ended."""

    def story() -> Iterable[tuple[str, RequestUpdate]]:
        page = expect(RequestUpdatePage, list_request_updates.sync_detailed(client=session.client, page_size=100))
        return [(f"request {update.service_request}", update) for update in reversed(page.results)]

    Watcher(story).follow(Stream(session, bookmarks), from_the_start=False)
