"""The results of `make bench`: verdicts on the goals, tables, the plot, and what is stored."""

import dataclasses
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bench import profile as profiling
from bench import store
from bench.calls import CALLS, Kind
from bench.client import Ask
from bench.goals import COMPARED, GOALS, Measure, verdicts
from bench.load import Load
from bench.plot import plot
from bench.profile import WARM_UP, layer_of
from bench.results import collect
from bench.rounds import Samples
from bench.tables import profile, tables
from gasutil.identity import logins
from gasutil.models import User

SIZES = [1000, 100_000]
MILLISECONDS = {"1000": 2.0, "100000": 2.0, "floor": 1.0, "peer": 8.0, "today": 6.0}
MACHINE = {
    "cpu": "A processor",
    "cores": 2,
    "memory_gib": 4.0,
    "system": "Linux",
    "python": "3.11.7",
    "postgresql": "15.18",
    "postgresql_settings": {"fsync": "on"},
    "packages": {"django": "5.2.19"},
}


def results(monkeypatch: pytest.MonkeyPatch, **slow: float) -> dict[str, Any]:
    """Return the results of a run, with other times for some calls."""
    monkeypatch.setattr("bench.results.machine", lambda: MACHINE)
    samples = Samples(loops=[3.0, 3.5])
    for call in CALLS:
        names = ["1000", "100000", *(kind.value for kind in call.asks if kind is not Kind.OURS)]
        round_ = {(call.name, name): [MILLISECONDS[name]] * 3 for name in names}
        if call.name in slow:
            round_[call.name, "100000"] = [slow[call.name]] * 3
        samples.add(round_)
    rates = {"ours": 3000.0, "floor": 6000.0, "peer": 500.0, "today": 500.0}
    loads = {kind: Load(rate, 1.0, 2.0) for kind, rate in rates.items()}
    return collect(SIZES, samples, dict.fromkeys(COMPARED, loads), streams=None, background=None)


def test_a_run_that_meets_every_goal_has_a_verdict_on_each(monkeypatch: pytest.MonkeyPatch) -> None:
    result = list(verdicts(results(monkeypatch)))
    assert {each.text for each in result} == {"met"}
    assert len(result) == sum(len(goals) for goals in GOALS.values())


def test_a_missed_goal_names_the_call_and_the_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    result = verdicts(results(monkeypatch, create=5.0))
    missed = {(each.measure, each.call): each.text for each in result if not each.is_met}
    assert missed == {
        (Measure.SHARE, "create"): "missed by 50%",
        (Measure.TIMES_PEER, "create"): "missed by 20%",
        (Measure.GROWTH, "create"): "missed by 92%",
    }


def test_only_growth_counts_for_calls_that_0_1_0_is_not_measured_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = {"search, rare word": 2.5, "list, deep page": 2.5}
    assert all(each.is_met for each in verdicts(results(monkeypatch, **slow)))


def test_every_table_is_as_wide_as_its_headings(monkeypatch: pytest.MonkeyPatch) -> None:
    for table in tables(results(monkeypatch)):
        assert {len(row) for row in table.rows} <= {len(table.headings)}, table.title


@pytest.mark.parametrize(
    ("path", "name", "layer"),
    [
        (
            "~",
            "<method 'execute' of 'psycopg_c._psycopg.Cursor' objects>",
            "PostgreSQL and psycopg",
        ),
        ("lib/django/db/models/sql/compiler.py", "as_sql", "queries of Django"),
        ("lib/django/test/client.py", "generic", "the bench's client"),
        ("lib/django/core/handlers/base.py", "get_response", "Django"),
        ("lib/ninja/operation.py", "run", "django-ninja and pydantic"),
        ("/desk/gasutil/access.py", "find", "this application"),
        ("~", "<built-in method builtins.len>", "Python and other packages"),
    ],
)
def test_a_profile_knows_the_layer_of_each_function(path: str, name: str, layer: str) -> None:
    assert layer_of(path, name) == layer


def test_a_call_is_profiled(
    customer: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = Ask("GET", "/api/v1/requests/", logins.start_login(customer).access)
    file = tmp_path / "asks.json"
    file.write_text(json.dumps({"list": [ask] * (WARM_UP + 2)}))
    profiling.profile(str(file))
    spent = json.loads(capsys.readouterr().out)["list"]
    assert spent.keys() >= {"this application", "queries of Django", "Django"}
    assert min(spent.values()) > 0


def test_a_profile_has_the_share_of_each_layer() -> None:
    table = profile(
        {"profile": {"create": {"Django": 3.0, "PostgreSQL": 1.0}, "patch": {"Django": 1.0}}}
    )
    assert table.headings == ("Call", "Django", "PostgreSQL")
    assert table.rows[0] == ("create", "75%", "25%")


def test_the_plot_is_an_svg_with_a_bar_for_each_server(monkeypatch: pytest.MonkeyPatch) -> None:
    root = ET.fromstring(plot(results(monkeypatch)))
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"list, customer", "8.00", "6.00", "2.00", "1.00"} <= texts


def test_a_value_that_is_stored_has_four_digits() -> None:
    assert store.rounded({"a": [1.23456, 123456.7], "b": None, "c": "x"}) == {
        "a": [1.235, 123500.0],
        "b": None,
        "c": "x",
    }


def test_the_documentation_shows_the_newest_results() -> None:
    for file, text in store.blocks().items():
        result = store.BLOCK.search(file.read_text(encoding="utf-8"))
        assert result is not None
        assert result[0] == f"{result[1]}{text}{result[2]}", f"`make bench` wrote {file.name}."


def test_each_file_has_one_place_for_the_results() -> None:
    for file in (store.README, store.FOLDER / "index.md"):
        assert len(store.BLOCK.findall(file.read_text(encoding="utf-8"))) == 1


def test_calls_have_names_of_their_own() -> None:
    assert len({call.name for call in CALLS}) == len(CALLS)
    assert all(dataclasses.is_dataclass(call) and Kind.OURS in call.asks for call in CALLS)
