"""Server-Sent Events, in pieces of any size."""

import pytest

from gasutil_client.sse import Message, Parser

TEXT = (
    ": heartbeat\n\nretry: 2500\nid: 7-1\n\nid: 7-2\nevent: request.commented\ndata:"
    ' {"a":"\u2028\x85é"}\r\n\r\ndata: one\rdata:two\rwhat: ever\rid: 8-\0\r\rid\nevent: empty\n\n:'
    " end\ndata\n\nid: 9\ndata: half"
).encode()
MESSAGES = [
    Message("request.commented", '{"a":"\u2028\x85é"}', "7-2"),
    Message("message", "one\ntwo", "7-2"),
    Message("message", "", ""),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_it_reads_the_same_of_any_pieces(size: int) -> None:
    parser = Parser()
    pieces = [TEXT[at : at + size] for at in range(0, len(TEXT), size)]
    assert [message for piece in pieces for message in parser.feed(piece)] == MESSAGES
    assert parser.retry == 2500


def test_an_id_counts_where_there_is_no_data() -> None:
    parser = Parser("1-1")
    assert list(parser.feed(b"retry: soon\nid: 2-2\n\n")) == []
    assert (parser.id, parser.retry) == ("2-2", None)


def test_an_incomplete_event_is_ignored() -> None:
    parser = Parser("1-1")
    assert list(parser.feed(b"id: 2-2\ndata: x\n")) == []
    assert parser.id == "1-1"
