"""A parser of Server-Sent Events, as specified in https://html.spec.whatwg.org/multipage/server-sent-events.html."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# A last \r may be half of \r\n; U+2028 and the like are ordinary letters here.
LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")


@dataclass(frozen=True)
class Message:
    """One event: its name, its data, and the id after it."""

    event: str
    data: str
    id: str


@dataclass
class Parser:
    """Parses messages from chunks of bytes.

    `id` and `retry` (milliseconds) are the last ones received.
    """

    id: str = ""
    retry: int | None = None
    rest: bytes = b""
    fields: dict[str, list[str]] = field(default_factory=dict)

    def feed(self, chunk: bytes) -> Iterator[Message]:
        """Add bytes, and yield the messages that are complete."""
        *lines, self.rest = LINE_END.split(self.rest + chunk)
        for line in lines:
            if line:
                self._take(line.decode("utf-8", "replace"))
            else:
                yield from self._dispatch()

    def _take(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value)
        elif name in ("event", "data") or (name == "id" and "\0" not in value):
            self.fields.setdefault(name, []).append(value)

    def _dispatch(self) -> Iterator[Message]:
        result, self.fields = self.fields, {}
        self.id = result.get("id", [self.id])[-1]
        if "data" in result:
            yield Message(
                result.get("event", ["message"])[-1] or "message",
                "\n".join(result["data"]),
                self.id,
            )
