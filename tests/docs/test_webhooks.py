"""The receiver of webhooks in the documentation: its own lines, run."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from gasutil import sealing
from gasutil.models import Webhook
from gasutil.notify.webhooks import signed_headers
from tests.support.documentation import PAGES, code_blocks

BODY = (
    b'{"id":1,"event":"request.created","service_request":1,'
    b'"reference":"SR-7KQ-2M4-TDX","update":{"id":1}}'
)


@pytest.fixture
def receive() -> Callable[..., int]:
    (code,) = code_blocks(PAGES / "developers" / "webhooks.md")
    known: dict[str, Any] = {}
    exec(code, known)
    return known["receive"]  # type: ignore[no-any-return]


def test_it_accepts_each_signed_delivery_once(
    receive: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    secret, seen = sealing.new_secret(), set[str]()
    sent = signed_headers(
        Webhook(sealed_secret=sealing.seal(secret)), "msg_1", BODY, timezone.now()
    )
    assert [receive(sent, BODY, secret, seen) for _ in range(2)] == [204, 204]
    assert capsys.readouterr().out == f"request.created {json.dumps({'id': 1})}\n"
    assert receive(sent, BODY + b" ", secret, seen) == 401
    assert receive(sent, BODY, sealing.new_secret(), seen) == 401
    assert receive(sent | {"webhook-id": "msg_2"}, BODY, secret, seen) == 401
