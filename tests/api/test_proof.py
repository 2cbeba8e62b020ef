"""The public log and the proofs of requests, read by the verifier that shares no code with us."""

import pytest

from gasutil.access import Actor
from gasutil.workflow import requests
from gasutil_verify.errors import VerificationError
from gasutil_verify.log import check_leaves
from gasutil_verify.notes import Checkpoint as SignedCheckpoint
from gasutil_verify.proofs import verify_proof
from tests.support.proof import log_key, publish


def proof_of(client, obj, query=""):
    return client.get(f"requests/{obj.pk}/proof/{query}")


@pytest.fixture
def commented(leak, support):
    requests.comment(leak.pk, notes="On our way", actor=Actor(support))
    requests.comment(leak.pk, notes="Key is with no. 7", is_internal=True, actor=Actor(support))
    publish()
    return leak


def test_it_works(api, customer, commented):
    response = proof_of(api(customer), commented)
    assert response.status_code == 200
    proof = verify_proof(response.content, log_key())
    first, second = proof.rows
    assert first.values["address"] == commented.address
    assert first.values["description"] == commented.description
    assert second.values["notes"] == "On our way"


def test_support_gets_internal_rows_too(api, support, commented):
    proof = verify_proof(proof_of(api(support), commented).content, log_key())
    assert [row.values["notes"] for row in proof.rows][1:] == ["On our way", "Key is with no. 7"]
    assert "incident" in proof.rows[0].values


def test_a_customer_gets_no_value_that_they_can_t_see(api, customer, commented):
    response = proof_of(api(customer), commented)
    assert "incident" not in response.json()["rows"][0]["disclosures"]
    assert len(response.json()["rows"]) == 2


def test_a_row_that_no_checkpoint_covers_has_no_index(api, customer, support, commented):
    requests.comment(commented.pk, notes="Arrived", actor=Actor(support))
    rows = proof_of(api(customer), commented).json()["rows"]
    assert [row["index"] is None for row in rows] == [False, False, True]
    assert (rows[2]["entry"], rows[2]["proof"]) == (None, [])
    with pytest.raises(VerificationError, match="fetch the proof again"):
        verify_proof(proof_of(api(customer), commented).content, log_key())


def test_before_the_first_checkpoint_there_is_none(api, customer, leak):
    response = proof_of(api(customer), leak)
    assert response.status_code == 200
    assert (response.json()["checkpoint"], len(response.json()["rows"])) == (None, 1)


def test_one_row_is_a_file(api, customer, commented):
    row = proof_of(api(customer), commented).json()["rows"][1]["row"]
    response = proof_of(api(customer), commented, f"?format=tlog-proof&row={row}")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Content-Disposition"].endswith(f"-{row}.tlog-proof")
    proof = verify_proof(response.content, log_key())
    assert proof.rows[0].values["notes"] == "On our way"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?format=tlog-proof", 422),
        ("?format=pdf", 422),
        ("?format=tlog-proof&row=x", 422),
        ("?format=tlog-proof&row=999999999", 404),
        ("?row=1&row=2", 422),
    ],
)
def test_bad_parameters_are_named(api, customer, commented, query, status):
    assert proof_of(api(customer), commented, query).status_code == status


def test_an_internal_row_is_no_file_for_a_customer(api, customer, support, commented):
    row = proof_of(api(support), commented).json()["rows"][2]["row"]
    query = f"?format=tlog-proof&row={row}"
    assert proof_of(api(customer), commented, query).status_code == 404
    assert proof_of(api(support), commented, query).status_code == 200


def test_another_customer_s_request_does_not_exist(api, neighbour, commented):
    assert proof_of(api(neighbour), commented).status_code == 404


def test_without_a_token_there_is_no_proof(anyone, commented):
    assert proof_of(anyone, commented).status_code == 401


def test_anyone_reads_the_log(anyone, commented):
    checkpoint = SignedCheckpoint.open(anyone.get("log/checkpoint").content, log_key())
    width = checkpoint.size
    response = anyone.get(f"log/tile/0/000.p/{width}")
    assert response.headers["Content-Type"] == "application/octet-stream"
    hashes = response.content
    leaves = (hashes[at : at + 32] for at in range(0, len(hashes), 32))
    check_leaves(leaves, {checkpoint.size: checkpoint.root})


def test_the_keys_are_public(anyone, commented):
    assert anyone.get("log/key").json() == {
        "origin": "127.0.0.1:8000/log/1",
        "vkeys": [{"vkey": log_key().vkey, "from": anyone_size(anyone), "to": None}],
        "witnesses": [],
        "quorum": 0,
    }


def anyone_size(anyone):
    return int(anyone.get("log/checkpoint").content.split(b"\n")[1])


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000",
        "tile/0/001",
        "tile/0/000.p/0",
        "tile/9/000",
        "tile/entries/000",
        "tile/0/../../key",
        "tile/0/000.p/1%0A",
        "tile/0/%00",
        "tile/" + "9" * 90,
    ],
)
def test_there_is_nothing_at_other_paths(anyone, commented, path):
    assert anyone.get(f"log/{path}").status_code == 404


def test_without_witnesses_no_checkpoint_is_witnessed(anyone, commented):
    assert anyone.get("log/checkpoint?witnessed=true").status_code == 404


def test_an_empty_log_has_no_checkpoint(anyone, db):
    assert anyone.get("log/checkpoint").status_code == 404
    assert anyone.get("log/key").json()["vkeys"] == []
