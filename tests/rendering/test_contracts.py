"""What a message is given is agreed once, for those who write it and those who send it."""

from datetime import UTC, datetime

import pytest

from followupbot.domain.ids import MessageKey
from followupbot.domain.params import Instant, Param, Words
from followupbot.rendering.contracts import CONTRACTS, contract, fixed_keys, mismatch
from followupbot.rendering.contracts.terms import BRANCHES_MAX

DUE = Instant(datetime(2026, 3, 16, 17, tzinfo=UTC), "UTC")
ALERT: dict[str, Param] = {
    "code": "7F3K9",
    "tier": Words(MessageKey("alerts/tiers/emergency")),
    "concern": None,
    "others": None,
    "years": 3,
    "due": DUE,
    "days": 1,
    "reported": DUE,
    "again": 0,
    "about": False,
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, None),
        ({"concern": Words(MessageKey("alerts/concerns/pain")), "years": None}, None),
        ({"code": 7}, "alerts/new: code is 7, expected a patient's code"),
        ({"again": True}, "alerts/new: again is True, expected a number from 0"),
        ({"tier": Words(MessageKey("roles/lead"))}, None),
        ({"more": 1}, "alerts/new: missing [], unknown ['more']"),
    ],
)
def test_parameters_that_break_the_contract_are_named(changed: dict[str, Param], expected: str | None) -> None:
    """Whoever sends a message finds out in their own tests."""
    found = mismatch("alerts/new", ALERT | changed)
    if "tier" in changed:
        expected = "alerts/new: tier is roles/lead, expected the words of a message in alerts/tiers/"
    assert found == expected


def test_a_parameter_that_is_missing_is_named() -> None:
    """StrictUndefined would tell the patient's phone first."""
    assert mismatch("alerts/fallback", {}) == "alerts/fallback: missing ['code'], unknown []"


def test_a_message_without_a_contract_is_never_sent() -> None:
    """Neither is one in a folder that nobody agreed on."""
    assert mismatch("alerts/newer", {}) == "no message is called alerts/newer"
    assert contract("cards/anything") is CONTRACTS["cards/*"]
    assert contract("cards/any/thing") is None
    assert "cards/*" not in fixed_keys()


@pytest.mark.parametrize("key", CONTRACTS)
def test_samples_hold_every_value_and_every_combination_of_branches(key: str) -> None:
    """So every branch of a template is taken at least once."""
    agreed = CONTRACTS[key]
    samples = list(agreed.samples())
    for name, kind in agreed.params.items():
        assert {repr(sample[name]) for sample in samples} == {repr(value) for value in kind.samples}
        assert isinstance(kind.what, str)
    branching = [name for name, kind in agreed.params.items() if any(kind.samples[0] is one for one in (None, False))]
    tried = len({tuple(bool(sample[name]) for name in branching) for sample in samples})
    if len(branching) <= BRANCHES_MAX:
        assert tried == 2 ** len(branching)
    else:  # of very many, each is tried against all the others, on and off, and with each value it may have
        assert tried >= 2 * (len(branching) + 1)
