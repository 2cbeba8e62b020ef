import datetime as dt
import io
import os
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from gasutil import installation
from gasutil.access import Actor
from gasutil.management.commands.sweep_files import ALWAYS_ALLOWED_FILES, GRACE_MINUTES
from gasutil.models import Attachment, Installation, OrphanedFile, ServiceRequest, User
from gasutil.workflow import attachments
from tests.support.documents import PDF

NAME = "attachments/2026/01/orphan.jpg"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def attach(leak: ServiceRequest, customer: User) -> Attachment:
    file = SimpleUploadedFile("bill.pdf", PDF, "application/pdf")
    return attachments.attach(leak.pk, actor=Actor(customer), file=file)


@pytest.fixture
def attached(folder: Path, leak: ServiceRequest, customer: User) -> Attachment:
    return attach(leak, customer)


def make_orphan(folder: Path, name: str = NAME, *, minutes: float = 2 * GRACE_MINUTES) -> Path:
    """Store a file that belongs to no row, so many minutes ago."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    stored_at = time.time() - 60 * minutes
    os.utime(path, (stored_at, stored_at))
    return path


@pytest.fixture
def orphan(folder: Path) -> Path:
    return make_orphan(folder)


def sweep(*, grace: int = 0, **options: Any) -> str:
    output = io.StringIO()
    call_command("sweep_files", stdout=output, grace=grace, **options)
    return output.getvalue()


def let_days_pass(days: float) -> None:
    for file in OrphanedFile.objects.all():
        OrphanedFile.objects.filter(pk=file.pk).update(
            found_at=file.found_at - dt.timedelta(days=days)
        )


def test_it_prints_nothing_if_all_is_well(attached: Attachment) -> None:
    assert sweep(delete=True) == ""
    assert Path(attached.file.path).exists()


def test_it_prints_nothing_if_nothing_was_ever_stored(folder: Path, db: None) -> None:
    assert sweep() == ""


def test_it_prints_what_is_missing(attached: Attachment) -> None:
    Path(attached.file.path).unlink()
    assert sweep(delete=True) == f"missing: {attached.file.name}\n"
    assert Attachment.objects.exists()


def test_it_deletes_what_belongs_to_no_row_only_when_asked(
    attached: Attachment, orphan: Path
) -> None:
    assert sweep() == f"unreferenced: {NAME}\n"
    assert orphan.exists()
    assert sweep(delete=True, days=0) == f"deleted: {NAME}\n"
    assert not orphan.exists()
    assert Path(attached.file.path).exists()


def test_it_leaves_alone_what_may_still_get_its_row(attached: Attachment, folder: Path) -> None:
    path = make_orphan(folder, minutes=GRACE_MINUTES - 1)
    assert sweep(delete=True, grace=GRACE_MINUTES, days=0) == ""
    make_orphan(folder, minutes=GRACE_MINUTES + 1)
    assert sweep(delete=True, grace=GRACE_MINUTES, days=0) == f"deleted: {NAME}\n"
    assert not path.exists()


# --- The trash
# --------------------------------------------------------------------------------------------------
def test_a_file_is_deleted_after_its_days_in_the_trash(
    attached: Attachment, orphan: Path, settings: Settings
) -> None:
    settings.FILES_TRASH_DAYS = 7
    until = timezone.now() + dt.timedelta(days=7)
    assert sweep(delete=True) == f"in the trash until {until:%Y-%m-%d}: {NAME}\n"
    let_days_pass(6.9)
    sweep(delete=True)
    assert orphan.exists()
    assert sweep().startswith("in the trash since ")
    let_days_pass(0.2)
    assert sweep(delete=True) == f"deleted: {NAME}\n"
    assert not orphan.exists()
    assert not OrphanedFile.objects.exists()


def test_a_row_that_is_recovered_takes_its_file_out_of_the_trash(
    attached: Attachment, leak: ServiceRequest, customer: User
) -> None:
    newer, lost = attach(leak, customer), attached
    Attachment.objects.filter(pk=lost.pk).delete()
    assert "in the trash until" in sweep(delete=True)
    let_days_pass(100)
    lost.save(force_insert=True)  # as another backup brings it back
    assert sweep(delete=True) == ""
    assert not OrphanedFile.objects.exists()
    Attachment.objects.filter(pk=lost.pk).delete()
    assert "in the trash until" in sweep(delete=True)  # its days begin again
    assert Path(newer.file.path).exists()
    assert Path(lost.file.path).exists()


# --- What is never swept
# --------------------------------------------------------------------------------------------
def test_a_file_that_is_newer_than_the_newest_row_stays(attached: Attachment, folder: Path) -> None:
    path = make_orphan(folder, minutes=0)
    os.utime(path, (time.time() + 5, time.time() + 5))
    Attachment.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    for minutes, is_swept in ((10, False), (59, False), (61, True)):
        make_orphan(folder, minutes=minutes)
        assert (sweep(delete=True) == f"newer than all rows: {NAME}\n") is not is_swept
        assert OrphanedFile.objects.exists() is is_swept


def test_nothing_is_deleted_where_there_is_no_row_at_all(orphan: Path, db: None) -> None:
    assert sweep(delete=True, days=0, percent=100) == f"newer than all rows: {NAME}\n"
    assert orphan.exists()


@pytest.mark.parametrize(
    ("orphans", "percent", "is_refused"),
    [(5, 0, False), (6, 0, True), (6, 84, True), (6, 86, False), (60, 98, True)],
)
def test_it_stops_if_many_files_belong_to_no_row(
    orphans: int, percent: int, is_refused: bool, attached: Attachment, folder: Path
) -> None:
    paths = [make_orphan(folder, f"attachments/2026/01/{number}.jpg") for number in range(orphans)]
    if is_refused:
        with pytest.raises(
            CommandError, match=f"{orphans} of {orphans + 1} files are unreferenced"
        ):
            sweep(delete=True, days=0, percent=percent)
        assert not OrphanedFile.objects.exists()
    else:
        sweep(delete=True, days=0, percent=percent)
    assert [path.exists() for path in paths] == [is_refused] * orphans


def test_the_share_is_a_setting(attached: Attachment, folder: Path, settings: Settings) -> None:
    for number in range(ALWAYS_ALLOWED_FILES + 1):
        make_orphan(folder, f"attachments/2026/01/{number}.jpg")
    with pytest.raises(CommandError, match="more than 5 %"):
        sweep(delete=True)
    settings.FILES_SWEEP_PERCENT = 90
    assert sweep(delete=True).count("in the trash") == ALWAYS_ALLOWED_FILES + 1


# --- Copies of an installation
# --------------------------------------------------------------------------------------
def refused(match: str, orphan: Path) -> None:
    """Check that it deletes nothing, with any options."""
    with pytest.raises(CommandError, match=match):
        sweep(delete=True, days=0, percent=100)
    assert orphan.exists()
    assert not OrphanedFile.objects.exists()
    assert sweep() == f"unreferenced: {NAME}\n"  # to look is allowed


def decide(option: str) -> None:
    call_command("installation", option, stdout=io.StringIO())


@pytest.fixture
def copied(attached: Attachment, orphan: Path) -> None:
    """A database that was restored elsewhere, with the original's store."""
    installation.claim_unclaimed_store()
    Installation.objects.update(place="postgresql:1/1")


def test_a_sandbox_deletes_nothing(attached: Attachment, orphan: Path, settings: Settings) -> None:
    settings.SANDBOX = True
    refused("SANDBOX is on", orphan)


def test_a_copy_deletes_nothing_until_it_is_decided_what_it_is(copied: None, orphan: Path) -> None:
    refused("restored from a backup, or copied", orphan)
    with pytest.raises(CommandError, match="Use --take-over or --new-id first"):
        decide("--claim-store")
    assert Installation.objects.get().restored_at is not None


def test_a_copy_with_an_id_of_its_own_deletes_nothing_of_the_original(
    copied: None, orphan: Path
) -> None:
    decide("--new-id")
    refused("The file store belongs to the installation", orphan)
    decide("--claim-store")
    assert sweep(delete=True, days=0) == f"deleted: {NAME}\n"


def test_the_store_of_another_installation_is_left_alone(
    attached: Attachment, orphan: Path, folder: Path
) -> None:
    (folder / installation.MARKER).write_text(f"{uuid.uuid4()}\n")
    refused("The file store belongs to the installation", orphan)


def test_a_first_sweep_claims_the_store(attached: Attachment, folder: Path) -> None:
    sweep(delete=True)
    assert (folder / installation.MARKER).read_text() == str(Installation.objects.get().key)


def test_a_sandbox_claims_no_store(attached: Attachment, folder: Path, settings: Settings) -> None:
    settings.SANDBOX = True
    installation.claim_unclaimed_store()
    assert not (folder / installation.MARKER).exists()


def test_a_replacement_spares_the_files_of_the_lost_time(
    copied: None, orphan: Path, folder: Path
) -> None:
    installation.get_installation()  # as `prepare` finds it; the newest change is of now
    Installation.objects.update(lost_from=timezone.now() - dt.timedelta(hours=2.5))
    decide("--take-over")
    older = make_orphan(folder, "attachments/2026/01/older.jpg", minutes=180)
    assert (
        sweep(delete=True, days=3).splitlines()[0] == f"from the time that the restore lost: {NAME}"
    )
    assert list(OrphanedFile.objects.values_list("name", flat=True)) == [
        "attachments/2026/01/older.jpg"
    ]
    Installation.objects.update(lost_until=timezone.now() - dt.timedelta(days=4))
    assert "in the trash until" in sweep(delete=True, days=3)
    assert (orphan.exists(), older.exists()) == (True, True)


def test_the_last_known_change_is_noted_when_a_copy_is_first_seen(
    copied: None, leak: ServiceRequest, customer: User
) -> None:
    result = installation.get_installation()
    attach(leak, customer)
    assert (
        installation.get_installation().lost_from
        == result.lost_from
        < Attachment.objects.latest("created_at").created_at
    )


@pytest.mark.parametrize("is_copy", [False, True])
def test_removing_a_file_in_a_copy_leaves_it_in_the_store(
    is_copy: bool,
    attached: Attachment,
    customer: User,
    settings: Settings,
    django_capture_on_commit_callbacks: Any,
) -> None:
    installation.claim_unclaimed_store()
    Installation.objects.update(place="elsewhere") if is_copy else None
    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(attached.pk, actor=Actor(customer))
    assert Path(attached.file.path).exists() is is_copy


def test_the_command_shows_what_is_known(folder: Path, db: None) -> None:
    output = io.StringIO()
    call_command("installation", stdout=output)
    key = Installation.objects.get().key
    assert output.getvalue() == f"Installation: {key}\nDatabase: ok\nFile store: not claimed yet\n"
