import io
import os
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.management.commands.sweep_files import GRACE
from gasutil.models import Attachment, ServiceRequest, User
from gasutil.workflow import attachments


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def attached(folder: Path, leak: ServiceRequest, customer: User) -> Attachment:
    file = SimpleUploadedFile("bill.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    return attachments.attach(leak.pk, actor=Actor(customer), file=file)


@pytest.fixture
def orphan(folder: Path) -> Path:
    """A file that belongs to no row."""
    path = folder / "attachments" / "2026" / "01" / "orphan.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    return path


def sweep(*, grace: int = 0, **options: bool) -> str:
    said = io.StringIO()
    call_command("sweep_files", stdout=said, grace=grace, **options)
    return said.getvalue()


def test_it_has_nothing_to_say_where_all_is_well(attached: Attachment) -> None:
    assert sweep(delete=True) == ""
    assert Path(attached.file.path).exists()


def test_it_has_nothing_to_say_where_nothing_was_ever_kept(folder: Path, db: None) -> None:
    assert sweep() == ""


def test_it_tells_what_is_missing(attached: Attachment) -> None:
    Path(attached.file.path).unlink()
    assert sweep(delete=True) == f"missing: {attached.file.name}\n"
    assert Attachment.objects.exists()


def test_it_deletes_what_belongs_to_no_row_only_when_asked(attached: Attachment, orphan: Path) -> None:
    assert sweep() == "of no row: attachments/2026/01/orphan.jpg\n"
    assert orphan.exists()
    assert sweep(delete=True) == "deleted: attachments/2026/01/orphan.jpg\n"
    assert not orphan.exists()
    assert Path(attached.file.path).exists()


def test_it_leaves_alone_what_may_still_get_its_row(orphan: Path, db: None) -> None:
    assert sweep(delete=True, grace=GRACE) == ""
    an_hour_ago = time.time() - 60 * GRACE - 5
    os.utime(orphan, (an_hour_ago, an_hour_ago))
    assert sweep(delete=True, grace=GRACE) == "deleted: attachments/2026/01/orphan.jpg\n"
