"""Fill an empty installation with believable people and requests, made by the verbs as real ones would be."""

import datetime as dt
import json
import random
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.models import DBTaskResult
from rich.progress import track

from gasutil.access import Actor
from gasutil.groups import MANAGERS
from gasutil.models import Channel, ServiceRequest, User, UserType
from gasutil.notify.tasks import email_token
from gasutil.workflow import accounts, requests

COUNT = 200
DAYS = 90
EMERGENCIES = ("gas_leak_inspection", "third_party_damage")
STOPS = (requests.submit, requests.assign, requests.start, requests.hold)  # where a request that is open today has come to


class Command(BaseCommand):
    """Make the people, then live through the last ninety days in order."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--password", required=True, help="the password of every person made")
        parser.add_argument("--seed", type=int, default=1, help="another seed makes other stories")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make everything, or nothing."""
        if ServiceRequest.objects.exists():
            raise CommandError("There are service requests already; demonstration data is for an empty installation.")
        texts = json.loads((settings.BASE_DIR / "fixtures" / "demo.json").read_text(encoding="utf-8"))
        with transaction.atomic():
            waiting = set(DBTaskResult.objects.values_list("pk", flat=True))
            cast = make_cast(texts, options["password"])
            DBTaskResult.objects.exclude(pk__in=waiting).delete()  # nobody's address is real: no mail goes out
            chance = random.Random(options["seed"])  # noqa: S311  # nothing secret: the same stories each time
            steps = sorted(plan(texts["stories"], cast, chance), key=lambda step: step.at)
            for step in track(steps, "Demonstration data", disable=not self.stdout.isatty(), transient=True):
                step.take()


@dataclass
class Cast:
    """Who plays."""

    customers: Sequence[User]
    agents: Sequence[User]


@dataclass
class Story:
    """One request while it is lived through."""

    texts: dict[str, Any]
    customer: Actor
    agent: Actor
    pk: int = 0


@dataclass(frozen=True)
class Step:
    """One verb at its time."""

    at: dt.datetime
    story: Story
    verb: Any
    arguments: dict[str, Any] = field(default_factory=dict)

    def take(self) -> None:
        """Call the verb."""
        if self.verb is requests.submit:
            self.story.pk = requests.submit(now=self.at, **self.arguments).pk
        else:
            self.verb(self.story.pk, now=self.at, **self.arguments)


def make_cast(texts: dict[str, Any], password: str) -> Cast:
    """Register everybody, confirm their addresses, and let the administrator approve whom the desk knows."""
    administrator = Actor(User.objects.filter(is_superuser=True).earliest("pk"), Channel.CONSOLE)
    join = partial(register, password=password)
    customers = [join(person, number, user_type=UserType.CUSTOMER) for number, person in enumerate(texts["customers"])]
    staff = [join(person, 100 + number, user_type=UserType.SUPPORT) for number, person in enumerate([texts["manager"], *texts["agents"]])]
    manager, *agents = [accounts.approve(person.pk, actor=administrator) for person in staff]
    manager.groups.add(Group.objects.get(name=MANAGERS))
    for number, person in enumerate(texts["waiting"]):
        join(person, 200 + number, user_type=UserType.SUPPORT)
    return Cast(customers, agents)


def register(person: dict[str, str], number: int, *, password: str, user_type: UserType) -> User:
    """Register one person who has confirmed the address."""
    domains = settings.SUPPORT_EMAIL_DOMAINS if user_type == UserType.SUPPORT else []
    user = accounts.register(
        password=password,
        password2=password,
        address_of_caller=f"demonstration-{get_random_string(8)}",  # so that no limit is in the way
        email=f"{person['username']}@{domains[0] if domains else 'example.com'}",
        phone_number=f"+9198{20_000_000 + 137_911 * number:08d}"[:13],
        user_type=user_type,
        date_joined=timezone.now() - dt.timedelta(days=DAYS + 1 + number % 300),
        **{"address": "Gas Utility Office, Corporate Park, Mumbai - 400001", **person},
    )
    return accounts.confirm_email(email_token(user))


def plan(stories: dict[str, Any], cast: Cast, chance: random.Random) -> Iterator[Step]:
    """Yield every step of every story: two hundred over ninety days, and two leaks within the last hour."""
    now = timezone.now()
    play = partial(live, stories, cast, chance)
    weights = [story["weight"] for story in stories.values()]
    ages = sorted((chance.uniform(0.05, DAYS) for _ in range(COUNT - 3)), reverse=True)
    yield from play("new_connection", now - dt.timedelta(days=DAYS), last=requests.start)  # the first request stays open
    for days in ages:
        code = chance.choices(list(stories), weights)[0]
        stays_open = days < 30 and code not in EMERGENCIES and chance.random() < 0.45
        yield from play(code, now - dt.timedelta(days=days), last=chance.choice(STOPS) if stays_open else None)
    yield from play("gas_leak_inspection", now - dt.timedelta(minutes=41), last=requests.start)
    yield from play("gas_leak_inspection", now - dt.timedelta(minutes=12), last=requests.submit)


def live(stories: dict[str, Any], cast: Cast, chance: random.Random, code: str, filed: dt.datetime, *, last: Any) -> Iterator[Step]:
    """Yield the steps of one story that lie in the past, up to the `last` verb if there is one to stay at."""
    texts = stories[code]
    story = Story(texts, Actor(chance.choice(cast.customers), Channel.API), Actor(chance.choice(cast.agents), Channel.CONSOLE))
    verbs = [(requests.submit, {"actor": story.customer, "request_type": code, "description": chance.choice(texts["asked"])})]
    verbs += script(story, chance, last)
    hours = chance.uniform(*texts["hours"]) / len(verbs)
    at = filed
    for verb, arguments in verbs:
        if at > timezone.now():
            return
        yield Step(at, story, verb, arguments)
        if verb is last:
            return
        at += dt.timedelta(hours=hours * chance.uniform(0.3, 1.7)) if last is None else dt.timedelta(minutes=chance.uniform(2, 5))


def script(story: Story, chance: random.Random, last: Any) -> list[tuple[Any, dict[str, Any]]]:
    """Return what happens to a request after it was filed, if it has the time."""
    texts, customer, agent = story.texts, {"actor": story.customer}, {"actor": story.agent}
    if last is None and chance.random() < 0.05:
        return [(requests.cancel, customer | {"notes": "No longer needed, thank you."})]
    steps: list[tuple[Any, dict[str, Any]]] = [
        (requests.assign, agent | {"assigned_to": story.agent.id}),
        (requests.start, agent | {"notes": chance.choice(texts["started"])}),
    ]
    if chance.random() < 0.35:
        steps.append((requests.comment, agent | {"notes": chance.choice(texts["internal"]), "is_internal": True}))
    if last is requests.hold or chance.random() < 0.35:
        steps.append((requests.hold, agent | {"notes": chance.choice(texts["waiting"])}))
        steps.append((requests.comment, customer | {"notes": chance.choice(texts["answered"])}))
    steps.append((requests.resolve, agent | {"notes": chance.choice(texts["done"])}))
    if chance.random() < 0.06:
        steps.append((requests.reopen, customer | {"notes": "It is the same again as before. Please have another look."}))
        steps.append((requests.resolve, agent | {"notes": "Looked at once more and put right. Sorry for the trouble."}))
    return steps
