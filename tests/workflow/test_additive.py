"""Changes that only add to a request do not conflict with each other."""

import pytest

from gasutil.access import Actor
from gasutil.errors import Conflict, StaleVersion
from gasutil.models import ServiceRequest, User
from gasutil.workflow import requests


def test_a_milestone_is_recorded_after_a_message_of_the_customer(
    support: User, customer: User, leak: ServiceRequest
) -> None:
    seen = requests.start(leak.pk, actor=Actor(support)).version
    requests.comment(leak.pk, actor=Actor(customer), notes="Thank you")
    row = requests.record_milestone(leak.pk, actor=Actor(support), milestone="made_safe", seen=seen)
    assert row.version == seen + 2


def test_two_notes_and_an_escalation_do_not_conflict(
    support: User, colleague: User, leak: ServiceRequest
) -> None:
    seen = leak.version
    requests.comment(leak.pk, actor=Actor(colleague), notes="I call them", is_internal=True)
    requests.comment(leak.pk, actor=Actor(support), notes="Crew sent", is_internal=True, seen=seen)


def test_a_change_of_the_status_conflicts_with_a_note(
    support: User, colleague: User, customer: User, connection: ServiceRequest
) -> None:
    seen = requests.hold(connection.pk, actor=Actor(support), notes="Please call").version
    requests.comment(connection.pk, actor=Actor(customer), notes="Call me at six")  # resumes it
    with pytest.raises(StaleVersion):
        requests.comment(connection.pk, actor=Actor(colleague), notes="Still waiting", seen=seen)


def test_a_message_conflicts_with_a_message_and_an_internal_note_does_not(
    support: User, customer: User, connection: ServiceRequest
) -> None:
    seen = connection.version
    requests.comment(connection.pk, actor=Actor(customer), notes="It is solved")
    with pytest.raises(StaleVersion):
        requests.comment(connection.pk, actor=Actor(support), notes="Where are you?", seen=seen)
    requests.comment(
        connection.pk, actor=Actor(support), notes="Solved?", is_internal=True, seen=seen
    )


def test_resolving_conflicts_with_every_addition(
    support: User, customer: User, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    for obj, outcome in ((connection, ""), (leak, "made_safe")):
        requests.comment(obj.pk, actor=Actor(customer), notes="It is worse")
        with pytest.raises(StaleVersion):
            requests.finish(obj.pk, actor=Actor(support), outcome=outcome, seen=obj.version)


def test_the_same_milestone_twice_is_an_error_of_its_own(
    support: User, colleague: User, leak: ServiceRequest
) -> None:
    seen = requests.start(leak.pk, actor=Actor(support)).version
    requests.record_milestone(leak.pk, actor=Actor(colleague), milestone="on_site")
    with pytest.raises(Conflict, match="already recorded"):
        requests.record_milestone(leak.pk, actor=Actor(support), milestone="on_site", seen=seen)


def test_if_match_stays_strict(support: User, customer: User, leak: ServiceRequest) -> None:
    seen = (leak.version,)
    requests.comment(leak.pk, actor=Actor(customer), notes="Thank you")
    with pytest.raises(StaleVersion):
        requests.comment(leak.pk, actor=Actor(support), notes="Welcome", versions=seen)
