"""Pain rules do not cry wolf: what they make of noise, and of a decline so slow that no step of it shows."""

import pytest

from followupbot.domain.rules import Tier
from tests.programme.noise import (
    BACK,
    LEFT,
    OPERATED_AT,
    PATIENTS,
    RIGHT,
    SEED,
    YEAR,
    Patient,
    Site,
    at_each_rise_of_2,
    by_chance,
    shown,
    simulate,
)
from tests.programme.shipped import protocol

FLAGGED_MAX = 0.10
"""Of check-ins at this_week and above, with no true change (clinical.md 0.11, issue 3)."""

THREE_PLACES_FLAGGED_MAX = 0.30
"""26 % was measured. The issue's model, and what it promises, is of one series."""


@pytest.mark.parametrize("site", [BACK, LEFT, RIGHT], ids=lambda site: site.nrs)
def test_with_no_true_change_at_most_one_check_in_in_ten_is_flagged(site: Site) -> None:
    """The issue's model, once for each place that is asked about."""
    found = simulate(protocol(), PATIENTS, SEED, by_chance, (site,))
    print(shown(f"no true change, {site.nrs}", found))
    assert found.rate <= FLAGGED_MAX
    assert found.scheduled_rate <= FLAGGED_MAX


def test_patients_who_say_worse_at_each_rise_of_2_are_flagged_more() -> None:
    """That rate, which `python -m tests.programme.noise` prints, nobody can promise: their word is half of a rule."""
    found = simulate(protocol(), PATIENTS // 2, SEED, at_each_rise_of_2)
    print(shown('no true change, "worse" at each rise of 2', found))
    assert found.rate > FLAGGED_MAX


def test_three_painful_places_add_up() -> None:
    """Noise in the back and both legs at once, each at 1 to 6: flagged more than any one of them alone."""
    patients = PATIENTS // 6
    found = simulate(protocol(), patients, SEED, by_chance, (BACK, LEFT, RIGHT))
    print(shown("no true change, back and both legs", found))
    alone = [simulate(protocol(), patients, SEED, by_chance, (site,)).rate for site in (BACK, LEFT, RIGHT)]
    assert max(alone) < found.rate <= THREE_PLACES_FLAGGED_MAX


@pytest.mark.parametrize("site", [BACK, LEFT, RIGHT], ids=lambda site: site.nrs)
def test_a_slow_decline_is_flagged(site: Site) -> None:
    """1, 1, 2, 2, 3, 3, 4, 4, 5, year by year, "about the same" each time."""
    patient = Patient(protocol(), (site,))
    flagged = []
    for year, level in enumerate((1, 1, 2, 2, 3, 3, 4, 4, 5), start=1):
        rules = patient.answers({site.nrs: level, site.change: "same"}, OPERATED_AT + year * YEAR)
        flagged += [(year, rule.id) for rule in rules if rule.tier.at_least(Tier.THIS_WEEK)]
    assert flagged == [(8, f"{site.rules}drift"), (9, f"{site.rules}drift")]


def test_a_level_that_does_not_move_is_never_flagged() -> None:
    """5 every year, for twenty years."""
    patient = Patient(protocol(), (BACK,))
    for year in range(1, 21):
        assert patient.answers({BACK.nrs: 5, BACK.change: "same"}, OPERATED_AT + year * YEAR) == ()
