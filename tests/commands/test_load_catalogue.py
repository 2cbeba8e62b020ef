import pytest

from gasutil.models import Priority, RequestType

SHIPPED = {
    "gas_leak_inspection",
    "third_party_damage",
    "new_connection",
    "no_supply",
    "pressure_problem",
    "meter_reading_dispute",
    "billing_dispute",
    "disconnection",
    "reconnection",
    "name_transfer",
    "meter_replacement",
    "appliance_conversion",
    "safety_inspection",
}


def test_it_loads_what_is_promised(catalogue: None) -> None:
    assert set(RequestType.objects.values_list("code", flat=True)) == SHIPPED


def test_every_type_is_sound_and_described(catalogue: None) -> None:
    for kind in RequestType.objects.all():
        kind.full_clean()
        assert kind.description


@pytest.mark.parametrize("code", ["gas_leak_inspection", "third_party_damage"])
def test_an_emergency_says_whom_to_call_and_what_to_do(catalogue: None, code: str) -> None:
    kind = RequestType.objects.get(code=code)
    assert (kind.is_emergency, kind.priority) == (True, Priority.EMERGENCY)
    assert "number 1906" in kind.safety_instructions
    assert "\n1. " in kind.safety_instructions


def test_nothing_else_is_an_emergency(catalogue: None) -> None:
    assert set(RequestType.objects.filter(priority=Priority.EMERGENCY)) == set(RequestType.objects.filter(is_emergency=True))
    assert RequestType.objects.filter(is_emergency=True).count() == 2


def test_every_safety_text_says_that_it_is_a_sample(catalogue: None) -> None:
    texts = RequestType.objects.exclude(safety_instructions="").values_list("safety_instructions", flat=True)
    assert all(text.startswith("SAMPLE TEXT, to be approved by the operator.\n\n") for text in texts)
