"""Bulk changes in the console: nothing changes by GET; a preview, one POST, a report."""

from typing import Any

import pytest

from gasutil.access import Actor
from gasutil.models import BulkRun, RequestUpdate, ServiceRequest, User
from gasutil.workflow import bulk, requests
from tests.support.console import QUEUE
from tests.support.hostile_input import NASTY

RUNS = "/admin/gasutil/bulkrun/"


def select(client: Any, verb: str, *chosen: ServiceRequest, **more: str) -> Any:
    """Tick rows of the queue and press a button of the bar."""
    return client.post(
        QUEUE,
        {
            "action": f"bulk_{verb}",
            "select_across": "0",
            "_selected_action": [item.pk for item in chosen],
            **more,
        },
    )


def run_of(answer: Any) -> BulkRun:
    return BulkRun.objects.get(pk=answer.headers["Location"].split("/")[-3])


def test_it_works(support: User, console, leak: ServiceRequest, connection: ServiceRequest) -> None:
    requests.hold(connection.pk, actor=Actor(support))
    client = console(support)
    answer = select(client, "hold", leak, connection)
    run = run_of(answer)
    page = client.get(answer.headers["Location"])
    assert [row["ticket"].pk for row in page.context["possible"]] == [leak.pk]
    [refused] = page.context["refused"]
    assert refused["reason"].endswith(
        "is on hold and can't become on hold. Allowed: in progress, resolved, cancelled."
    )
    assert RequestUpdate.objects.filter(id=leak.pk).count() == 1

    done = client.post(
        f"{RUNS}{run.pk}/run/", {"_form_submitted": "on", "notes": "Later", "is_internal": "on"}
    )
    assert done.headers["Location"] == f"{RUNS}{run.pk}/change/"
    report = client.get(done.headers["Location"])
    assert (len(report.context["possible"]), len(report.context["refused"])) == (1, 1)
    assert "1 of 2 done, 1 failed" in client.get(RUNS).content.decode()
    assert RequestUpdate.objects.filter(id=leak.pk, notes="Later", is_internal=True).count() == 1


def test_a_second_click_shows_the_result_of_the_first(
    support: User, console, leak: ServiceRequest
) -> None:
    client = console(support)
    run = run_of(select(client, "comment", leak))
    for _ in range(2):
        answer = client.post(f"{RUNS}{run.pk}/run/", {"_form_submitted": "on", "notes": "Once"})
        assert answer.headers["Location"] == f"{RUNS}{run.pk}/change/"
    assert RequestUpdate.objects.filter(notes="Once").count() == 1


def test_everything_that_matches_can_be_chosen(
    support: User, console, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    run = run_of(select(console(support), "take", leak, select_across="1"))
    assert set(run.rows.values_list("service_request", flat=True)) == {leak.pk, connection.pk}


def test_more_than_the_limit_is_rejected_in_words(
    support: User, console, leak: ServiceRequest, connection: ServiceRequest, settings: Any
) -> None:
    settings.BULK_LIMIT = 1
    answer = console(support).post(
        QUEUE,
        {"action": "bulk_take", "select_across": "1", "_selected_action": [leak.pk]},
        follow=True,
    )
    assert "You can select at most 1 requests at once" in answer.content.decode()
    assert not BulkRun.objects.exists()


def test_a_new_preview_shows_the_effect_of_another_note(
    support: User, console, leak: ServiceRequest
) -> None:
    client = console(support)
    run = run_of(select(client, "resolve", leak))
    assert client.get(f"{RUNS}{run.pk}/change/").context["refused"]
    shown = client.post(
        f"{RUNS}{run.pk}/look/", {"_form_submitted": "on", "notes": "The valve was replaced"}
    )
    assert (shown.context["refused"], len(shown.context["possible"])) == ([], 1)


def test_missing_values_are_asked_for(support: User, console, leak: ServiceRequest) -> None:
    client = console(support)
    run = run_of(select(client, "assign", leak))
    assert (
        "Choose a representative to preview the changes."
        in client.get(f"{RUNS}{run.pk}/change/").content.decode()
    )
    answer = client.post(f"{RUNS}{run.pk}/run/", {"_form_submitted": "on", "assigned_to": ""})
    assert "This field is required." in answer.content.decode()
    assert BulkRun.objects.get(pk=run.pk).confirmed_at is None


def test_a_long_run_shows_its_progress(
    support: User, console, leak: ServiceRequest, connection: ServiceRequest, settings: Any
) -> None:
    settings.BULK_AT_ONCE = 1
    client = console(support)
    run = run_of(select(client, "hold", leak, connection))
    client.post(f"{RUNS}{run.pk}/run/", {"_form_submitted": "on"})
    assert 'aria-valuenow="0"' in client.get(f"{RUNS}{run.pk}/change/").content.decode()
    bulk._do_one(run.pk)
    assert 'aria-valuenow="1"' in client.get(f"{RUNS}{run.pk}/progress/").content.decode()
    bulk.work(run.pk)
    assert client.get(f"{RUNS}{run.pk}/progress/").headers["HX-Refresh"] == "true"


def test_a_colleague_cannot_open_it_and_a_manager_can(
    support: User, colleague: User, manager: User, console, leak: ServiceRequest
) -> None:
    run = run_of(select(console(support), "hold", leak))
    for user in (colleague, manager):  # no one else's preview: it does not exist yet
        assert console(user).get(f"{RUNS}{run.pk}/change/").status_code == 404
        assert console(user).post(f"{RUNS}{run.pk}/run/").status_code == 404
    bulk.confirm(run.pk, actor=Actor(support))
    assert console(colleague).get(f"{RUNS}{run.pk}/change/").status_code == 404
    assert "On hold" in console(manager).get(f"{RUNS}{run.pk}/change/").content.decode()


@pytest.mark.parametrize("path", ["run/", "look/"])
def test_nothing_happens_by_get_or_without_a_token(
    path: str, support: User, console, leak: ServiceRequest
) -> None:
    run = run_of(select(console(support), "hold", leak))
    assert console(support).get(f"{RUNS}{run.pk}/{path}").status_code == 405
    assert (
        console(support, enforce_csrf_checks=True).post(f"{RUNS}{run.pk}/{path}").status_code == 403
    )
    assert console(support).get(
        QUEUE, {"action": "bulk_hold", "_selected_action": leak.pk}
    ).status_code in (200, 302)
    assert ServiceRequest.objects.get(pk=leak.pk).status == "pending"


def test_what_people_type_stays_text(support: User, customer: User, console) -> None:
    nasty = requests.submit(actor=Actor(customer), request_type="new_connection", description=NASTY)
    client = console(support)
    run = run_of(select(client, "comment", nasty))
    client.post(f"{RUNS}{run.pk}/run/", {"_form_submitted": "on", "notes": NASTY})
    for path in (f"{RUNS}{run.pk}/change/", RUNS):
        page = client.get(path).content.decode()
        for live in ("<img src=x", "<script>alert", "' x-init='alert"):
            assert live not in page, (path, live)


def test_a_preview_is_read_without_doing_it_again(
    support: User, customer: User, console, django_assert_max_num_queries: Any
) -> None:
    many = [
        requests.submit(
            actor=Actor(customer), request_type="new_connection", description=f"No. {n}"
        )
        for n in range(12)
    ]
    client = console(support)
    for chosen in (many[:2], many):
        run = run_of(select(client, "hold", *chosen))
        with django_assert_max_num_queries(10):
            page = client.get(f"{RUNS}{run.pk}/change/")
        assert len(page.context["possible"]) == len(chosen)


def test_its_cost_beside_the_rehearsals_does_not_grow(
    support: User, customer: User, console, django_assert_max_num_queries: Any
) -> None:
    many = [
        requests.submit(
            actor=Actor(customer), request_type="new_connection", description=f"No. {n}"
        )
        for n in range(12)
    ]
    client = console(support)
    for chosen in (many[:2], many[2:]):
        run = run_of(select(client, "hold", *chosen))
        bulk.confirm(run.pk, actor=Actor(support))
        with django_assert_max_num_queries(10):
            page = client.get(f"{RUNS}{run.pk}/change/")
        assert all(obj.reference in page.content.decode() for obj in chosen)
        with django_assert_max_num_queries(10):
            runs = client.get(RUNS)
        assert run in runs.context["cl"].result_list
