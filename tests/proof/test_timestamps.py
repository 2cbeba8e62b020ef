"""Time stamps of checkpoints, by a real authority: `openssl ts`."""

import datetime as dt
import hashlib
import io
import logging
import threading
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection as db_connection
from django.utils import timezone

from gasutil import health
from gasutil.access import Actor
from gasutil.checks import check_the_timestamp_authority
from gasutil.models import Checkpoint, CheckpointTimestamp, TimestampAuthority
from gasutil.proof import proof_status, timestamps
from gasutil.proof.timestamps import ask_authority, stamped_bytes
from gasutil.webhooks import posting
from gasutil.workflow import requests
from tests.support.processes import free_port
from tests.support.proof import publish
from tests.support.timestamp_authority import TimestampAuthority as Authority
from tests.support.timestamp_authority import openssl_ts
from tests.support.webhook_receiver import (
    babbles,
    drips,
    drips_a_body,
    hangs,
    hangs_up,
    pours,
    running,
    says,
)

FRONT_PAGE = "/admin/"
NO_STAMP = "The response has no time stamp: "


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "it")


@pytest.fixture
def server(leak, authority, settings):
    """The authority, which is asked for time stamps of a log with one checkpoint."""
    publish()
    for server in running():
        server.answers = [authority.answer()]
        settings.TIMESTAMP_URL = server.url
        settings.TIMESTAMP_CA_FILE = str(authority.roots)
        yield server


@pytest.fixture
def stamped(server):
    """A checkpoint with a time stamp."""
    ask_authority()
    return CheckpointTimestamp.objects.get()


def grow(obj, support, note="Reading"):
    requests.comment(obj.pk, notes=note, actor=Actor(support))
    return publish()


def verify():
    output = io.StringIO()
    try:
        call_command("verify_history", stdout=output, stderr=output)
    except CommandError:
        return 1, output.getvalue()
    return 0, output.getvalue()


def error(**known):
    return TimestampAuthority.objects.get(**known).error


# --- Asking
# --------------------------------------------------------------------------------------------------
def test_it_works(server):
    before = timezone.now()
    ask_authority()
    stamp = CheckpointTimestamp.objects.get()
    assert stamp.checkpoint == Checkpoint.objects.latest("size")
    assert stamp.authority == server.url
    assert before - dt.timedelta(seconds=1) <= stamp.stamped_at <= timezone.now()
    state = TimestampAuthority.objects.get()
    assert (state.error, state.stamped_at) == ("", stamp.stamped_at)
    [asked] = server.got
    assert asked.headers["content-type"] == "application/timestamp-query"
    assert hashlib.sha256(stamped_bytes(stamp.checkpoint)).digest() in asked.body


def test_openssl_accepts_what_is_exported(stamped, authority, tmp_path, anyone):
    output = io.StringIO()
    call_command("export_timestamps", str(tmp_path / "stamps"), stdout=output)
    assert output.getvalue() == f"1 time stamps are in {tmp_path / 'stamps'}.\n"
    size = stamped.checkpoint_id
    checkpoint = (tmp_path / "stamps" / f"{size}.checkpoint").read_bytes()
    assert anyone.get("log/checkpoint").content == checkpoint  # no witness has signed
    verified = openssl_ts(
        *("-verify", "-data", f"{size}.checkpoint", "-in", f"{size}.tsr"),
        *("-CAfile", str(authority.roots)),
        folder=tmp_path / "stamps",
    )
    assert "Verification: OK" in verified


def test_the_newest_can_be_exported_alone(stamped, leak, support, settings, tmp_path):
    newest = grow(leak, support)
    ask_authority(timezone.now() + dt.timedelta(minutes=61))
    call_command("export_timestamps", str(tmp_path / "all"), stdout=io.StringIO())
    call_command("export_timestamps", "--last", str(tmp_path / "one"), stdout=io.StringIO())
    assert len(list((tmp_path / "all").iterdir())) == 4
    assert {path.name for path in (tmp_path / "one").iterdir()} == {
        f"{newest.size}.checkpoint",
        f"{newest.size}.tsr",
    }


def test_a_folder_that_is_a_file_is_an_error(stamped, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError):
        call_command("export_timestamps", str(tmp_path / "file"))


def test_it_asks_again_after_an_hour_if_the_log_has_grown(stamped, server, leak, support):
    now = timezone.now()
    ask_authority(now + dt.timedelta(minutes=61))  # it has not grown
    assert len(server.got) == 1
    newest = grow(leak, support)
    ask_authority(now + dt.timedelta(minutes=58))
    assert len(server.got) == 1
    ask_authority(now + dt.timedelta(minutes=61))
    assert CheckpointTimestamp.objects.latest("pk").checkpoint == newest


def test_the_interval_is_a_setting(stamped, server, leak, support, settings):
    settings.TIMESTAMP_MINUTES = 5
    grow(leak, support)
    ask_authority(timezone.now() + dt.timedelta(minutes=6))
    assert CheckpointTimestamp.objects.count() == 2


def test_another_authority_stamps_at_once(stamped, settings, authority):
    for other in running():
        other.answers = [authority.answer()]
        settings.TIMESTAMP_URL = other.url
        ask_authority()
    assert CheckpointTimestamp.objects.count() == 2


def test_without_an_authority_or_a_checkpoint_no_one_is_asked(server, settings):
    settings.TIMESTAMP_URL = ""
    ask_authority()
    assert (server.got, TimestampAuthority.objects.exists()) == ([], False)


def test_a_log_without_a_checkpoint_is_not_stamped(db, settings):
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    ask_authority()
    assert not TimestampAuthority.objects.exists()


def test_a_copy_of_an_installation_asks_no_authority(server, settings):
    settings.SANDBOX = True
    ask_authority()
    assert server.got == []


@pytest.fixture
def meanwhile(monkeypatch):
    """What happens while the authority is asked."""
    done, real = [], timestamps.post_to_trusted

    def post(*arguments):
        for action in done:
            action()
        return real(*arguments)

    monkeypatch.setattr(timestamps, "post_to_trusted", post)
    return done


def test_two_workers_ask_once(server, meanwhile):
    meanwhile.append(ask_authority)
    ask_authority()
    assert (len(server.got), CheckpointTimestamp.objects.count()) == (1, 1)


def test_the_network_is_used_outside_of_transactions(server, meanwhile):
    depth, seen = len(db_connection.savepoint_ids), []  # the test has a transaction of its own
    meanwhile.append(lambda: seen.append(len(db_connection.savepoint_ids)))
    ask_authority()
    assert seen == [depth]


# --- What is no time stamp
# --------------------------------------------------------------------------------------------------
def test_a_stamp_of_something_else_is_rejected(server, authority):
    checkpoint = Checkpoint.objects.latest("size")
    digest = hashlib.sha256(stamped_bytes(checkpoint)).digest()
    other = hashlib.sha256(b"something else").digest()
    server.answers = [authority.answer(lambda query: query.replace(digest, other))]
    ask_authority()
    assert not CheckpointTimestamp.objects.exists()
    assert error() == "Mismatch between messages"


def test_a_rejection_is_an_error(server, authority):
    sha256, sha384 = bytes.fromhex("608648016503040201"), bytes.fromhex("608648016503040202")
    server.answers = [authority.answer(lambda query: query.replace(sha256, sha384))]
    ask_authority()
    assert not CheckpointTimestamp.objects.exists()
    assert error() == "The authority rejected it, with the status 2."


def test_a_stamp_of_an_earlier_call_is_rejected(stamped, server, settings):
    settings.TIMESTAMP_URL = f"{server.url}?again"
    server.answers = [says(200, bytes(stamped.response))]
    ask_authority()
    assert error(url=settings.TIMESTAMP_URL) == "Nonce mismatch"


def test_a_stamp_below_another_root_is_rejected(server, tmp_path, settings):
    settings.TIMESTAMP_CA_FILE = str(Authority(tmp_path / "other").roots)
    ask_authority()
    assert not CheckpointTimestamp.objects.exists()
    assert "Error while verifying certificates" in error()


def test_a_stamp_by_an_expired_certificate_is_rejected(server, tmp_path, settings):
    expired = Authority(tmp_path / "expired", valid_for=-dt.timedelta(days=1))
    settings.TIMESTAMP_CA_FILE = str(expired.roots)
    server.answers = [expired.answer()]
    ask_authority()
    assert not CheckpointTimestamp.objects.exists()
    assert "certificate has expired" in error()


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_stamp_by_a_clock_that_is_wrong_is_rejected(server, monkeypatch, hours):
    shift = dt.timedelta(hours=hours)
    real = timestamps.verify
    monkeypatch.setattr(timestamps, "verify", lambda *args, **more: real(*args, **more) + shift)
    ask_authority()
    assert not CheckpointTimestamp.objects.exists()
    assert error().startswith("Its clock differs: it says ")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (says(500), "It responded with 500."),
        (says(302, Location="http://127.0.0.1:9/"), "It responded with 302."),
        (says(200, b"<html>Welcome</html>"), NO_STAMP),
        (says(200), NO_STAMP),
        (says(200, b"\x30\x84\x7f\xff\xff\xff" + bytes(5_000_000)), NO_STAMP),
    ],
    ids=["error", "redirect", "page", "nothing", "huge"],
)
def test_what_is_no_response_is_an_error(server, answer, message, caplog):
    server.answers = [answer]
    with caplog.at_level(logging.WARNING, "gasutil.proof.timestamps"):
        ask_authority()
    assert not CheckpointTimestamp.objects.exists()
    assert error().startswith(message)
    assert f"There is no time stamp by {server.url}: {message}" in caplog.text


def test_an_authority_that_is_away_is_asked_again_after_a_minute(server, settings):
    url, settings.TIMESTAMP_URL = settings.TIMESTAMP_URL, f"http://127.0.0.1:{free_port()}/"
    now = timezone.now()
    ask_authority(now)
    assert error() == "It refused the connection."
    TimestampAuthority.objects.update(url=url)
    settings.TIMESTAMP_URL = url
    ask_authority(now + dt.timedelta(seconds=30))
    assert server.got == []
    ask_authority(now + dt.timedelta(seconds=61))
    assert (error(), CheckpointTimestamp.objects.count()) == ("", 1)


@pytest.mark.parametrize("answer", [hangs, drips, drips_a_body, hangs_up, babbles, pours])
def test_an_authority_that_does_not_respond_is_left_after_some_seconds(server, monkeypatch, answer):
    monkeypatch.setattr(posting, "TOTAL_SECONDS", 0.5)
    server.answers = [answer]
    start = time.monotonic()
    ask_authority()
    assert time.monotonic() - start < 5
    assert error()
    assert not CheckpointTimestamp.objects.exists()


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_without_roots_nothing_is_stored(server, settings, tmp_path, content):
    path = tmp_path / "roots.pem"
    if content is not None:
        path.write_bytes(content)
    settings.TIMESTAMP_CA_FILE = str(path)
    ask_authority()
    assert not CheckpointTimestamp.objects.exists()
    assert error().startswith("TIMESTAMP_CA_FILE can't be read")
    assert [found.id for found in check_the_timestamp_authority(None)] == ["gasutil.E007"]


def test_the_check_accepts_an_authority_with_roots(server):
    assert check_the_timestamp_authority(None) == []


# --- Checking what is stored
# --------------------------------------------------------------------------------------------------
def test_verify_history_checks_time_stamps(stamped):
    status, output = verify()
    assert (status, "are as they were signed." in output) == (0, True)
    assert "time stamps" not in output


@pytest.fixture
def rewritable(stamped, rewritable_histories):
    """A time stamp that a test may change."""
    return CheckpointTimestamp._base_manager.filter(pk=stamped.pk)


def flipped(content):
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def test_a_changed_time_stamp_is_named(rewritable, stamped):
    rewritable.update(response=flipped(bytes(stamped.response)))
    status, output = verify()
    assert status == 1
    start = f"timestamp: The time stamp of {stamped.checkpoint_id} leaves by {stamped.authority}"
    assert f"{start} is wrong: " in output


@pytest.mark.parametrize("response", [b"", b"nothing"])
def test_so_is_one_that_is_none(rewritable, response):
    rewritable.update(response=response)
    assert verify()[0] == 1


def test_so_is_one_with_another_time(rewritable, stamped):
    rewritable.update(stamped_at=stamped.stamped_at - dt.timedelta(days=1))
    assert f"is wrong: It says {stamped.stamped_at:%Y-%m-%d %H:%M:%S}." in verify()[1]


def test_so_is_one_of_another_checkpoint(rewritable, stamped, leak, support):
    newest = grow(leak, support)
    rewritable.update(checkpoint=newest)
    start = f"timestamp: The time stamp of {newest.size} leaves by {stamped.authority}"
    assert f"{start} is wrong: Mismatch between messages" in verify()[1]


def test_so_is_a_checkpoint_that_claims_to_be_newer(rewritable, stamped):
    checkpoints = Checkpoint._base_manager.filter(pk=stamped.checkpoint_id)
    checkpoints.update(signed_at=stamped.stamped_at + dt.timedelta(hours=1))
    assert "is wrong: It is older than its checkpoint." in verify()[1]


def test_the_first_bad_one_is_named(rewritable, stamped, leak, support):
    grow(leak, support)
    ask_authority(timezone.now() + dt.timedelta(minutes=61))
    everything = CheckpointTimestamp._base_manager.all()
    everything.update(response=b"nothing")
    status, output = verify()
    assert (status, output.count("timestamp:")) == (1, 1)
    assert f"The time stamp of {stamped.checkpoint_id} leaves" in output


def test_without_roots_it_says_that_it_checks_none(stamped, settings):
    settings.TIMESTAMP_CA_FILE = ""
    status, output = verify()
    assert status == 0
    assert "1 time stamps are not checked: TIMESTAMP_CA_FILE is not set." in output


def test_roots_that_can_t_be_read_are_a_problem(stamped, settings, tmp_path):
    settings.TIMESTAMP_CA_FILE = str(tmp_path / "missing.pem")
    status, output = verify()
    assert (status, "timestamp: TIMESTAMP_CA_FILE can't be read" in output) == (1, True)


def test_a_time_stamp_holds_after_its_certificate_has_expired(server, tmp_path, settings):
    """The certificate has to be valid at the time of the stamp, not when it is checked."""
    brief = Authority(tmp_path / "brief", valid_for=dt.timedelta(seconds=3))
    settings.TIMESTAMP_CA_FILE = str(brief.roots)
    server.answers = [brief.answer()]
    ask_authority()
    assert error() == ""
    threading.Event().wait(3.5)
    assert verify()[0] == 0


def test_time_stamps_are_append_only(stamped):
    with pytest.raises(TypeError):
        stamped.save()
    with pytest.raises(TypeError):
        CheckpointTimestamp.objects.all().delete()


# --- What people see
# --------------------------------------------------------------------------------------------------
def shown(console, user):
    return console(user).get(FRONT_PAGE).content.decode()


def test_the_front_page_has_the_time(stamped, console, manager):
    time = f"{timezone.localtime(stamped.stamped_at):%d %b %Y, %H:%M}"
    assert f" · Time-stamped at {time}" in shown(console, manager)


def test_it_says_so_if_the_next_one_fails(stamped, server, console, manager, leak, support):
    server.answers = [says(500)]
    grow(leak, support)
    ask_authority(timezone.now() + dt.timedelta(minutes=61))
    time = f"{timezone.localtime(stamped.stamped_at):%d %b %Y, %H:%M}"
    assert f" · No time stamp since {time}" in shown(console, manager)


def test_it_says_so_if_there_is_none_yet(server, console, manager):
    assert " · No time stamp yet" in shown(console, manager)


def test_it_says_nothing_without_an_authority(leak, console, manager):
    publish()
    assert "time stamp" not in shown(console, manager).lower()


def test_monitoring_sees_how_long_a_checkpoint_waits(server, leak, support):
    now = Checkpoint.objects.latest("size").signed_at + dt.timedelta(hours=3)
    assert proof_status.for_monitoring(now)["timestamp_waiting_seconds"] == 10_800
    ask_authority()
    assert proof_status.for_monitoring(now)["timestamp_waiting_seconds"] == 0
    newest = grow(leak, support)
    now = newest.signed_at + dt.timedelta(hours=1)
    assert proof_status.for_monitoring(now)["timestamp_waiting_seconds"] == 3600
    assert health.check_all()["history"]["timestamp_waiting_seconds"] == 0


def test_health_stays_well_while_the_authority_is_away(server, settings):
    server.answers = [says(500)]
    ask_authority()
    assert "timestamp_waiting_seconds" in health.check_all()["history"]
    settings.TIMESTAMP_URL = ""
    assert "timestamp_waiting_seconds" not in health.check_all()["history"]
