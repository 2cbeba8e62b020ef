"""Replies with files: all or nothing."""

from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.errors import Conflict, Invalid, NotAllowed, StaleVersion
from gasutil.models import Attachment, Channel, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.documents import PDF
from tests.support.files import files_in, png_part


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def rows(obj: ServiceRequest) -> list[tuple[Any, ...]]:
    return list(
        RequestUpdate.objects.filter(id=obj.pk)
        .order_by("history_id")
        .values_list("event", "subject", "notes", "channel")[1:]
    )


def test_it_works(support: User, connection: ServiceRequest) -> None:
    files = [png_part(), png_part("bill.pdf", PDF, "application/pdf")]
    requests.reply(
        connection.pk, actor=Actor(support, Channel.CONSOLE), notes="See here", attachments=files
    )
    assert rows(connection) == [
        ("request.commented", "", "See here", "console"),
        ("request.attachment_added", "meter.png", "", "console"),
        ("request.attachment_added", "bill.pdf", "", "console"),
    ]
    assert list(Attachment.objects.values_list("filename", "uploaded_by")) == [
        ("meter.png", support.pk),
        ("bill.pdf", support.pk),
    ]


def test_files_need_no_text(support: User, connection: ServiceRequest) -> None:
    requests.reply(
        connection.pk,
        actor=Actor(support),
        attachments=[png_part()],
        versions=(connection.version,),
    )
    assert [row[0] for row in rows(connection)] == ["request.attachment_added"]


def test_a_text_needs_no_files(support: User, connection: ServiceRequest) -> None:
    requests.reply(connection.pk, actor=Actor(support), notes="Hello")
    assert [row[0] for row in rows(connection)] == ["request.commented"]
    with pytest.raises(Invalid):
        requests.reply(connection.pk, actor=Actor(support))


def test_a_bad_file_stores_nothing_and_each_is_named(
    support: User, connection: ServiceRequest, folder: Path
) -> None:
    files = [
        png_part(),
        png_part("a.exe", b"MZ"),
        png_part("b.pdf", PDF[: len(PDF) // 2], "application/pdf"),
    ]
    with pytest.raises(Invalid) as refused:
        requests.reply(connection.pk, actor=Actor(support), notes="See here", attachments=files)
    assert [error.message.partition(":")[0] for error in refused.value.errors] == ["a.exe", "b.pdf"]
    assert (rows(connection), files_in(folder)) == ([], [])


def test_too_many_files_are_rejected(
    support: User, connection: ServiceRequest, settings: Settings, folder: Path
) -> None:
    settings.FILES_A_CALL = 2
    with pytest.raises(Invalid, match="not valid"):
        requests.reply(
            connection.pk, actor=Actor(support), attachments=[png_part(), png_part(), png_part()]
        )
    settings.FILES_A_CALL, settings.FILES_A_REQUEST = 5, 2
    with pytest.raises(Conflict, match="the maximum"):
        requests.reply(
            connection.pk,
            actor=Actor(support),
            notes="x",
            attachments=[png_part(), png_part(), png_part()],
        )
    assert (rows(connection), files_in(folder)) == ([], [])


def test_files_do_not_go_with_an_internal_note(
    support: User, connection: ServiceRequest, folder: Path
) -> None:
    with pytest.raises(Invalid) as refused:
        requests.reply(
            connection.pk,
            actor=Actor(support),
            notes="Look",
            is_internal=True,
            attachments=[png_part()],
        )
    assert [error.code for error in refused.value.errors] == ["not_internal"]
    assert (rows(connection), files_in(folder)) == ([], [])


def test_it_rejects_a_stale_version(
    support: User, connection: ServiceRequest, folder: Path
) -> None:
    requests.prioritise(connection.pk, actor=Actor(support), priority="high")
    with pytest.raises(StaleVersion):
        requests.reply(
            connection.pk,
            actor=Actor(support),
            attachments=[png_part()],
            versions=(connection.version,),
        )
    assert files_in(folder) == []


def test_without_access_no_file_is_checked(pending: User, connection: ServiceRequest) -> None:
    with pytest.raises(NotAllowed):
        requests.reply(connection.pk, actor=Actor(pending), attachments=[png_part("a.exe", b"MZ")])
