"""What the console and monitoring say about how far the history is recorded and verified."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import Checkpoint, ProofState, RequestUpdate
from gasutil.proof import proof_status, sequencer
from gasutil.proof.witnesses import ask_witnesses
from gasutil.workflow import requests
from gasutil_verify.witness import Witness as OutsideWitness
from gasutil_verify.witness import WitnessServer
from tests.support.proof import log_key, publish, served

FRONT_PAGE = "/admin/"


@pytest.fixture
def witnessed(leak, tmp_path, settings):
    publish()
    witness = OutsideWitness("w.example/1", tmp_path / "key", tmp_path / "seen", [log_key()])
    with served(WitnessServer(("127.0.0.1", 0), witness)) as port:
        settings.WITNESSES = [f"http://127.0.0.1:{port} {witness.key.vkey}"]
        ask_witnesses()
        yield Checkpoint.objects.latest("size").size


def verify():
    call_command("verify_history", stdout=io.StringIO(), stderr=io.StringIO())


def shown(console, user):
    return console(user).get(FRONT_PAGE).content.decode()


def test_it_works(witnessed, console, manager):
    verify()
    at = ProofState.objects.get().verified_at
    time = f"{timezone.localtime(at):%d %b %Y, %H:%M}"
    assert f"Verified up to row {witnessed} at {time}, witnessed by 1" in shown(console, manager)


def test_without_a_witness_it_is_only_recorded(leak, console, manager):
    publish()
    verify()
    page = shown(console, manager)
    assert f"Recorded up to row {Checkpoint.objects.latest('size').size} at" in page
    assert "Verified" not in page
    assert "witnessed" not in page


def test_without_a_check_it_is_only_recorded(witnessed, console, manager):
    page = shown(console, manager)
    assert f"Recorded up to row {witnessed} at" in page
    assert "witnessed by 1" in page
    assert "Verified" not in page


def test_a_check_that_finds_a_problem_verifies_nothing(witnessed, rewritable_histories):
    RequestUpdate._base_manager.update(notes="Other")
    with pytest.raises(Exception, match="kinds of problems"):
        verify()
    assert ProofState.objects.get().verified_size == 0


def test_representatives_do_not_see_it(witnessed, console, support):
    assert "Recorded up to row" not in shown(console, support)


def test_monitoring_has_the_age_of_the_checkpoint(leak, support, client):
    assert proof_status.for_monitoring(timezone.now())["checkpoint_seconds"] is None
    publish()
    size = Checkpoint.objects.latest("size").size
    later = timezone.now() + dt.timedelta(minutes=2)
    result = proof_status.for_monitoring(later)
    assert result == {"checkpoint_seconds": 120, "rows": size, "waiting_seconds": 0}
    requests.comment(leak.pk, notes="On our way", actor=Actor(support))
    sequencer.append_rows()
    assert 119 <= proof_status.for_monitoring(later)["waiting_seconds"] <= 121
    assert client.get("/health/").json()["history"]["rows"] == size
