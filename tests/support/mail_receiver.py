"""A real mail server, which accepts or rejects mails as a test sets it."""

import asyncio
import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller


class Receiver:
    """The mails that arrived, and the replies of the server."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.to_recipient = "250 OK"
        self.to_data = "250 OK"
        self.is_hanging = threading.Event()  # set by a mail that is held up
        self.hangs_at = ""

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        await self._hang("RCPT")
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.to_data.startswith("250"):
            self.mails.append(
                email.message_from_bytes(envelope.content, policy=email.policy.default)
            )
        await self._hang("DATA")
        return self.to_data

    async def _hang(self, where: str) -> None:
        while self.hangs_at == where:
            self.is_hanging.set()
            await asyncio.sleep(0.02)  # a slow server


@contextmanager
def listening(receiver: Receiver, port: int) -> Iterator[None]:
    """Let a receiver listen on a port."""
    controller = Controller(receiver, hostname="127.0.0.1", port=port)  # type: ignore[no-untyped-call]
    controller.start()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        receiver.hangs_at = ""
        controller.stop()  # type: ignore[no-untyped-call]
