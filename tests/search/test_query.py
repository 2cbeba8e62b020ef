"""Search of requests.

Agents find a request by anything that a caller says, and customers find only their own.
"""

import itertools
import unicodedata
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.search import index
from gasutil.search.query import by_relevance, find_people, search_requests
from gasutil.workflow import attachments, incidents, profiles, requests
from tests.support.people import make_user


def file(customer: User, description: str, address: str = "") -> ServiceRequest:
    return requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="new_connection",
        description=description,
        address=address,
    )


@pytest.fixture
def priya(db: None) -> User:
    return make_user(
        "priya",
        first_name="Priya",
        last_name="Sharma",
        phone_number="+919820012345",
        address="B-14, Lotus Residency",
    )


@pytest.fixture
def rahul(db: None) -> User:
    return make_user(
        "rahul",
        first_name="Rahul",
        last_name="Verma",
        phone_number="+917020099999",
        address="Sharma Lane 3",
    )


def found(user: User, text: str) -> list[int]:
    return sorted(
        search_requests(Actor(user), ServiceRequest.objects.all(), text).values_list(
            "pk", flat=True
        )
    )


def best_first(user: User, text: str) -> list[int]:
    parts = by_relevance(Actor(user), ServiceRequest.objects.all(), text)
    return [pk for part in parts for pk in part.order_by("-pk").values_list("pk", flat=True)]


def with_reference(customer: User, reference: str, description: str = "Hums") -> ServiceRequest:
    obj = file(customer, description)
    ServiceRequest.objects.filter(pk=obj.pk).update(reference=reference)
    index.rebuild([obj.pk])
    return obj


def test_the_most_likely_requests_come_first(support: User, priya: User, rahul: User) -> None:
    hers, his = file(priya, "The meter of 98200 hums"), file(rahul, "Ask Priya about the valve")
    expected = {
        hers.reference: [hers.pk],
        hers.reference.lower().replace("-", ""): [hers.pk],
        "+91 98200 12345": [hers.pk],
        "098200-12345": [hers.pk],
        "12345": [hers.pk],
        "sharma": [hers.pk, his.pk],
        "Sharma Priya": [hers.pk, his.pk],
        "priya": [hers.pk, his.pk],
        "rahul@exam": [his.pk],
        "sharma lane": [his.pk],
        "lotus": [hers.pk],
        "98200": [hers.pk],
        "the valve": [his.pk],
        "no such thing": [],
        '"priya"': [his.pk],
        '"sharma"': [his.pk],
        "“the valve”": [his.pk],
        '"valve the"': [],
    }
    assert {text: best_first(support, text) for text in expected} == expected


def test_customers_find_no_one_by_number_or_name(priya: User, rahul: User) -> None:
    hers, his = file(priya, "Hums"), file(rahul, "Ask Priya")
    assert found(rahul, "9820012345") == []
    assert found(rahul, "priya") == [his.pk]
    assert found(rahul, hers.address) == [hers.pk]


def test_the_api_searches_alike_and_shows_customers_their_own(
    api: Any, support: User, priya: User, rahul: User
) -> None:
    hers, his = file(priya, "Hums"), file(rahul, "Hums as well")

    def ids(user: User, text: str) -> list[int]:
        return [row["id"] for row in api(user).get(f"requests/?q={text}").json()["results"]]

    assert ids(support, "9820012345") == [hers.pk]
    assert ids(support, "hums") == [his.pk, hers.pk]
    nearby = file(rahul, "A leak near Lotus Residency")
    assert ids(support, "lotus") == [nearby.pk, hers.pk]  # in an address and in a description alike
    assert ids(priya, "hums") == [hers.pk]
    assert ids(priya, "7020099999") == []


@pytest.mark.parametrize(
    "text",
    ["%", "_", "'", "\\", '"', '""', "+", "((", "0000000", "a" * 200, "\u200d-\u200d", "“”", "%%%"],
)
def test_odd_texts_find_nothing(text: str, support: User, priya: User) -> None:
    file(priya, "Hums")
    assert found(support, text) == []


@pytest.mark.parametrize("text", ["", "   ", "\u200e\u00a0\u200b"])
def test_a_text_that_shows_nothing_is_no_search(text: str, support: User, priya: User) -> None:
    obj = file(priya, "Hums")
    assert found(support, text) == [obj.pk]


REFERENCE = "SR-BF3-EHA-42V"
DASHES = [
    "-",
    "\u2010",
    "\u2011",
    "\u2012",
    "\u2013",
    "\u2014",
    "\u2212",
    "\ufe63",
    "\uff0d",
    " ",
    "",
    " - ",
    "\u00a0",
]


@pytest.mark.parametrize("dash", DASHES)
@pytest.mark.parametrize(
    "text",
    [
        "{r}",
        "#{r}",
        "# {r}",
        "Ref: {r}",
        "docket no. {r}, please",
        "re your request {r}.",
        "({r})",
        "\u200f{r}\u200e",
        "{lower}",
    ],
)
def test_a_reference_is_found_as_people_write_it(
    text: str, dash: str, support: User, priya: User
) -> None:
    obj = with_reference(priya, REFERENCE)
    with_reference(priya, "SR-BF3-EHA-42W")
    written = REFERENCE.replace("-", dash)
    assert found(support, text.format(r=written, lower=written.lower())) == [obj.pk]


PARTS = [
    "SR-BF3-EHA",
    "sr bf3",
    "SRBF3",
    "bf3eha",
    "EHA-42V",
    "eha42v",
    "EHA 42V",
    "42v",
    "#EHA-42V",
    "BF3-EHA-42V",
    "bf3\u2013eha",
    "F3EHA4",
]


@pytest.mark.parametrize("text", PARTS)
def test_a_reference_is_found_by_a_part(text: str, support: User, priya: User) -> None:
    obj = with_reference(priya, REFERENCE)
    with_reference(priya, "SR-7KQ-2M4-TDX")
    assert best_first(support, text) == [obj.pk] == found(priya, text)


def test_words_that_look_like_a_reference_are_words_too(support: User, priya: User) -> None:
    obj = file(priya, "Ask the Sr inspector")
    assert found(support, "sr inspector") == [obj.pk]


NUMBERS = [
    "+919820012345",
    "+91 98200 12345",
    "0091 98200 12345",
    "098200 12345",
    "98200-12345",
    "9820012345",
    "982.001.2345",
    "(098200) 12345",
]
AROUND = [
    "{}",
    "tel:{}",
    "\u202a{}\u202c",
    "\u200e{}",
    "Phone: {}",
    "Sharma {}",
    "{} sharma",
    " {} ",
]


def in_devanagari(text: str) -> str:
    return "".join(chr(0x0966 + int(char)) if char.isdigit() else char for char in text)


@pytest.mark.parametrize(
    "number",
    [
        *NUMBERS,
        *map(in_devanagari, NUMBERS),
        "+91 (0)98200 12345",
        "+91 (0) 98200-12345",
        "2345",
        "२३४५",
    ],
)
@pytest.mark.parametrize("around", [text for text in AROUND if "Phone" not in text])
def test_a_phone_number_is_found_as_people_write_it(
    number: str, around: str, support: User, priya: User, rahul: User
) -> None:
    hers = file(priya, "Hums")
    file(rahul, "Hums")
    assert found(support, around.format(number)) == [hers.pk]


@pytest.mark.parametrize(
    "number",
    [
        *NUMBERS,
        in_devanagari(NUMBERS[1]),
        "+91 (0)98200 12345",
        "tel:+91-98200-12345",
        "\u202a9820012345\u202c",
        "2345",
    ],
)
def test_a_caller_is_found_by_the_number(number: str, priya: User, rahul: User) -> None:
    assert list(find_people(number)) == [priya]


def test_words_are_found_in_any_order_and_across_line_breaks(support: User, priya: User) -> None:
    obj = file(
        priya,
        "Strong smell of gas\r\nnear the lift,\tsecond floor (left)",
        "12, Green Valley, Pune",
    )
    file(priya, "Strong smell")
    words = ["strong", "LIFT", "floor", "valley", "sharma"]
    for chosen in itertools.permutations(words, 3):
        assert found(support, " ".join(chosen)) == [obj.pk]
    assert (
        found(support, "gas near")
        == found(support, '"gas near"')
        == found(support, "(left)")
        == [obj.pk]
    )
    assert found(support, "strong lift third") == []


ACCENTED = [
    ("Café Müller", "cafe muller"),
    ("Łódź Žižkov", "lodz zizkov"),
    ("Straße", "STRASSE"),
    ("ﬁlter \uff21\uff22\uff23", "filter abc"),
    ("İstanbul", "istanbul"),
    ("Σίσυφος", "σισυφοσ"),
    ("ज़रूरी काम", "जरूरी"),
    ("الغَاز", "الغاز"),
    ("O\u2019Brien", "o'brien"),
    ("soft\u00adware", "software"),
    ("zero\u200dwidth", "zerowidth"),
    ("Đặng", "dang"),
    ("gas\u2013leak", "gas-leak"),
    ("ガス", "ｶﾞｽ"),
    ("漏气了", "漏气"),
    ("๗๗๕๕๓", "77553"),
]


@pytest.mark.parametrize(("stored", "typed"), ACCENTED)
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_text_is_found_without_accents_and_in_any_form(
    stored: str, typed: str, form: Any, support: User, priya: User
) -> None:
    obj = file(priya, f"At {unicodedata.normalize(form, stored)} today")
    file(priya, "Something else")
    for text in (stored, typed, stored.upper(), stored.casefold()):
        for other in ("NFC", "NFD"):
            assert found(support, unicodedata.normalize(other, text)) == [obj.pk], (form, text)


def test_vowel_signs_are_no_accents(support: User, priya: User) -> None:
    file(priya, "दिल्ली")
    assert found(support, "दुल्ली") == []


def test_short_words_are_found_at_the_beginning_of_words(support: User, priya: User) -> None:
    obj = file(priya, "Flat C 7, no gas", "Somewhere")
    assert found(support, "c 7") == found(support, "no ga") == [obj.pk]
    assert found(support, "as") == []


def test_numbers_are_found_with_and_without_separators(support: User, priya: User) -> None:
    obj = file(priya, "Meter 0042-7719 and bill INV/2026/001, ring 98111 22233")
    for text in (
        "00427719",
        "0042-7719",
        "7719",
        "INV/2026/001",
        "9811122233",
        "098111-22233",
        "+91 98111 22233"[4:],
    ):
        assert found(support, text) == [obj.pk], text


def test_everything_of_a_request_is_found_by_staff(support: User, priya: User, jpeg: bytes) -> None:
    obj = file(priya, "Hums", "Sunrise 4")
    ServiceRequest.objects.filter(pk=obj.pk).update(
        details={"meter_number": "MTR-77-4421", "bill": {"numbers": [900123, "B/55-1"]}}
    )
    index.rebuild([obj.pk])
    requests.comment(obj.pk, actor=Actor(support), notes="The technician comes on Tuesday")
    requests.comment(obj.pk, actor=Actor(support), notes="Dog bites", is_internal=True)
    requests.hold(
        obj.pk,
        actor=Actor(support),
        notes="Waiting for spare parts",
        internal_notes="Supplier is late",
    )
    attachments.attach(
        obj.pk,
        actor=Actor(priya),
        file=SimpleUploadedFile("Kitchen regulator.jpg", jpeg, "image/jpeg"),
    )
    incident = incidents.open_incident(actor=Actor(support), title="Main burst", reports=[obj.pk])
    public = [
        "MTR-77-4421",
        "mtr774421",
        "4421",
        "900123",
        "B/55-1",
        "technician tuesday",
        "spare",
        "regulator",
        "kitchen sunrise parts",
    ]
    internal = [
        "dog",
        "supplier late",
        incident.reference,
        incident.reference.replace("-", " "),
        incident.reference[4:],
        "burst",
        "priya",
        "12345",
    ]
    for text in public:
        assert found(support, text) == found(priya, text) == [obj.pk], text
    for text in internal:
        assert found(support, text) == [obj.pk], text
        assert found(priya, text) == [], text


def test_the_api_never_reveals_internal_notes(api: Any, support: User, priya: User) -> None:
    obj = file(priya, "Hums")
    requests.comment(obj.pk, actor=Actor(support), notes="Suspected theft", is_internal=True)
    assert api(priya).get("requests/?q=theft").json()["results"] == []
    assert [row["id"] for row in api(support).get("requests/?q=theft").json()["results"]] == [
        obj.pk
    ]


def test_a_changed_profile_is_found_at_once(support: User, priya: User) -> None:
    obj = file(priya, "Hums")
    profiles.update_profile(actor=Actor(priya), last_name="Kulkarni", phone_number="+917777700001")
    assert found(support, "kulkarni hums") == found(support, "077777-00001") == [obj.pk]
    assert found(support, "sharma") == found(support, "9820012345") == []
