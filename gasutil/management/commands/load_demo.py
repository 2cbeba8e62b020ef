"""Add demonstration users and requests to an empty installation."""

import datetime as dt
import heapq
import json
import random
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.models import DBTaskResult

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.errors import Conflict
from gasutil.groups import MANAGERS
from gasutil.management.demo_scenarios import ScenarioStep, Story, script
from gasutil.models import (
    CannedReply,
    Channel,
    MachineScope,
    RequestType,
    ServiceRequest,
    Status,
    Team,
    User,
    UserType,
)
from gasutil.notify.links import email_token
from gasutil.workflow import (
    approval,
    catalogue,
    email_confirmations,
    engine,
    machines,
    registration,
    requests,
)

REQUEST_COUNT = 200
HISTORY_DAYS = 85  # the first request is a connection, and those are due in ninety
EMERGENCY_TYPES = ("gas_leak_inspection", "third_party_damage")


class Command(BaseCommand):
    """Create the users, then replay three months of requests, with their alarms."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "--password", required=True, help="the password of all demonstration users"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="the seed of the random choices (1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create everything in one transaction."""
        if ServiceRequest.objects.exists():
            raise CommandError(
                "Demonstration data can only be added to an empty installation. This one has"
                " service requests."
            )
        if options["verbosity"]:
            self.stdout.write("Creating demonstration data …")
        texts = json.loads(
            (settings.BASE_DIR / "fixtures" / "demo.json").read_text(encoding="utf-8")
        )
        with transaction.atomic():
            catalogue.show_samples()
            before = set(DBTaskResult.objects.values_list("pk", flat=True))
            cast = make_cast(texts, options["password"])
            make_teams(texts)
            chance = random.Random(options["seed"])  # noqa: S311  # nothing secret: the same stories each time
            now = timezone.now()
            steps = list(plan_steps(texts["stories"], cast, chance, now))
            for step in in_order(steps, chance, now):
                step.take()
            forget_tasks(before)


@dataclass
class Cast:
    """The users of the demonstration, and the system that sends out the crews."""

    customers: Sequence[User]
    agents: Sequence[User]
    dispatch: Actor


def make_cast(texts: dict[str, Any], password: str) -> Cast:
    """Register the people, confirm their addresses, and approve the representatives."""
    administrator = Actor(User.objects.filter(is_superuser=True).earliest("pk"), Channel.CONSOLE)
    join = partial(register_person, password=password)
    customers = [
        join(person, number, user_type=UserType.CUSTOMER)
        for number, person in enumerate(texts["customers"])
    ]
    staff = [
        join(person, 100 + number, user_type=UserType.SUPPORT)
        for number, person in enumerate([texts["manager"], *texts["agents"]])
    ]
    if not settings.SUPPORT_AUTO_APPROVE:
        staff = [approval.approve(person.pk, actor=administrator) for person in staff]
    manager, *agents = staff
    manager.groups.add(Group.objects.get(name=MANAGERS))
    for number, person in enumerate(texts["waiting"]):
        join(person, 200 + number, user_type=UserType.SUPPORT)
    return Cast(customers, agents, make_dispatch(manager, administrator))


def make_dispatch(owner: User, administrator: Actor) -> Actor:
    """Make the machine account of the system that sends out the crews. Its key is not shown."""
    account, _ = machines.create_machine(
        actor=administrator,
        name="Dispatch",
        owner=owner,
        scopes=[MachineScope.REQUESTS_READ, MachineScope.REQUESTS_WORK],
        networks=[],
        expires_at=timezone.now() + dt.timedelta(days=365),
    )
    return Actor(None, Channel.INTEGRATION, machine=account)


def make_teams(texts: dict[str, Any]) -> None:
    """Make the teams, and what each writes again and again."""
    teams = {team["name"]: Team.objects.create(name=team["name"]) for team in texts["teams"]}
    for team in texts["teams"]:
        teams[team["name"]].members.set(User.objects.filter(username__in=team["members"]))
        teams[team["name"]].request_types.set(
            RequestType.objects.filter(code__in=team["request_types"])
        )
    for position, reply in enumerate(texts["canned_replies"]):
        CannedReply.objects.create(
            position=position, **reply | {"team": teams.get(reply.get("team", ""))}
        )


def register_person(
    person: dict[str, str], number: int, *, password: str, user_type: UserType
) -> User:
    """Register one person who has confirmed the address."""
    domains = settings.SUPPORT_EMAIL_DOMAINS if user_type == UserType.SUPPORT else []
    user = registration.register(
        password=password,
        password2=password,
        address_of_caller=f"demonstration-{get_random_string(8)}",  # so that no limit is in the way
        email=f"{person['username']}@{domains[0] if domains else 'example.com'}",
        phone_number=f"+9198{20_000_000 + 137_911 * number:08d}"[:13],
        user_type=user_type,
        date_joined=timezone.now() - dt.timedelta(days=HISTORY_DAYS + 1 + number % 300),
        **{"address": "Gas Utility Office, Corporate Park, Mumbai - 400001", **person},
    )
    return email_confirmations.confirm_email(email_token(user))


def plan_steps(
    stories: Mapping[str, Any], cast: Cast, chance: random.Random, now: dt.datetime
) -> Iterator[ScenarioStep]:
    """Yield the past steps of every story.

    There are two hundred over three months, the last within the hour.
    """
    request_types = {
        request_type.code: request_type
        for request_type in RequestType.objects.select_related("calendar")
    }
    weights = [story["weight"] for story in stories.values()]

    def story_of(code: str, customer: User | None = None) -> Story:
        who, agent = (
            customer or chance.choice(cast.customers),
            Actor(chance.choice(cast.agents), Channel.CONSOLE),
        )
        return Story(
            request_types[code],
            stories[code],
            Actor(who, Channel.API),
            agent,
            random.Random(chance.random()),  # noqa: S311
        )

    fixed = list(scenes(story_of, cast, now))
    yield from fixed
    for days in sorted(
        (
            chance.uniform(0.05, HISTORY_DAYS - 1)
            for _ in range(REQUEST_COUNT - len({id(step.story) for step in fixed}))
        ),
        reverse=True,
    ):
        story = story_of(chance.choices(list(stories), weights)[0])
        steps = list(script(story, now - dt.timedelta(days=days)))
        is_stuck = (
            days < 25
            and story.request_type.code not in EMERGENCY_TYPES
            and story.chance.random() < 0.1
        )
        yield from [
            step
            for step in steps[: story.chance.randint(1, 3) if is_stuck else None]
            if step.at <= now
        ]


def scenes(story_of: Any, cast: Cast, now: dt.datetime) -> Iterator[ScenarioStep]:
    """Yield the fixed scenarios.

    These are the documentation's, one on hold, an ignored alarm, and a leak that two people report.
    """

    def ago(**length: float) -> dt.datetime:
        return now - dt.timedelta(**length)

    first = story_of("new_connection")
    yield first.asks(ago(days=HISTORY_DAYS))
    yield first.agent_does(
        ago(days=HISTORY_DAYS, hours=-3), requests.assign, assigned_to=first.agent.id
    )
    yield first.agent_does(ago(days=HISTORY_DAYS - 1), requests.start, "started")
    yield first.agent_does(
        ago(days=HISTORY_DAYS - 6), requests.record_milestone, milestone="site_visit"
    )
    yield first.agent_does(
        ago(days=HISTORY_DAYS - 15), requests.record_milestone, milestone="decision"
    )
    held = story_of("billing_dispute")
    yield held.asks(ago(days=1))
    yield held.agent_does(
        ago(hours=20),
        requests.update,
        "started",
        status=Status.IN_PROGRESS,
        assigned_to=held.agent.id,
    )
    yield held.agent_does(ago(hours=19), requests.hold, "waiting")
    left = story_of("no_supply")
    left.is_left = True
    yield left.asks(ago(minutes=320))
    yield left.agent_does(
        ago(minutes=311),
        requests.update,
        "started",
        status=Status.IN_PROGRESS,
        assigned_to=left.agent.id,
    )
    leak = story_of("gas_leak_inspection", cast.customers[1])
    yield leak.asks(ago(minutes=41), which=2)
    yield leak.agent_does(ago(minutes=38), requests.assign, assigned_to=leak.agent.id)
    yield leak.agent_does(ago(minutes=37), requests.start, "started")
    yield leak.agent_does(
        ago(minutes=9), requests.record_milestone, milestone="on_site", actor=cast.dispatch
    )
    yield story_of("gas_leak_inspection", cast.customers[0]).asks(ago(minutes=1), which=0)


# --- Its alarms
# --------------------------------------------------------------------------------------------------


def in_order(
    steps: Sequence[ScenarioStep], chance: random.Random, now: dt.datetime
) -> Iterator[ScenarioStep]:
    """Yield steps as time goes by, and between them each alarm as it rings and the answer to it.

    Each has to be taken at once.
    """
    waiting = [(step.at, number, step) for number, step in enumerate(steps)]
    heapq.heapify(waiting)
    while True:
        ringing = next_alarm(waiting[0][0] if waiting else now)
        if ringing is not None:
            story = next(step.story for step in steps if step.story.pk == ringing.pk)
            yield ScenarioStep(ringing.escalate_at, story, engine.escalate)
            delay = chance.uniform(3, 8) if ringing.is_pressing else chance.uniform(10, 40)
            answered = min(ringing.escalate_at + dt.timedelta(minutes=delay), now)
            if not story.is_left:
                heapq.heappush(
                    waiting,
                    (
                        answered,
                        len(steps) + len(waiting),
                        story.agent_does(answered, acknowledge_request),
                    ),
                )
        elif waiting:
            yield heapq.heappop(waiting)[2]
        else:
            return


def next_alarm(until: dt.datetime) -> Any:
    """Return the request whose alarm rings first, if one does until then."""
    return (
        ServiceRequest.objects.filter(escalate_at__lte=until).order_by("escalate_at", "pk").first()
    )


def acknowledge_request(pk: int, *, actor: Actor, now: dt.datetime) -> None:
    """Acknowledge what has been escalated, if it still matters."""
    with suppress(Conflict):
        requests.record_milestone(pk, actor=actor, milestone=deadlines.ACKNOWLEDGED, now=now)


def forget_tasks(before: set[Any]) -> None:
    """Delete the tasks that were queued, except alarms in the future.

    The addresses are not real.
    """
    alarms = dict(
        ServiceRequest.objects.filter(escalate_at__isnull=False).values_list("pk", "escalate_at")
    )
    made = DBTaskResult.objects.exclude(pk__in=before)
    ahead = [
        task.pk
        for task in made.filter(task_path=engine.escalate_due.module_path)
        if alarms.get(task.args_kwargs["args"][0]) == task.run_after
    ]
    made.exclude(pk__in=ahead).delete()
