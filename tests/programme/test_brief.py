"""The shipped programme asks when the clinical brief says, and people are told as fast as it says."""

from followupbot.domain.gates import Gate
from followupbot.domain.questions import Choice, Scale
from followupbot.domain.rules import Tier
from tests.programme.brief import FORMS, departures
from tests.programme.shipped import protocol


def test_schedule_windows_reminders_forms_and_ladder_are_those_of_the_brief() -> None:
    """Tables of 8a, 8b, 0.6, 0.7, 0.11 and 0.20."""
    assert list(departures(protocol())) == []


def test_every_form_begins_with_the_three_gate_screens() -> None:
    """Nothing is asked before the red flags (0.4)."""
    forms = {timing.form for timing in protocol().timings}
    forms |= {asked.form for asked in (protocol().urgent, protocol().report) if asked is not None}
    forms |= {recheck.form for rule in protocol().rules for recheck in rule.rechecks}
    assert forms
    for form in forms:
        first = [protocol().question(question) for question in form[:3]]
        assert all(isinstance(question, Gate) for question in first)


def test_the_pain_scales_run_from_0_to_10() -> None:
    """NRS (4)."""
    scales = [asked.question for asked in protocol().asked if isinstance(asked.question, Scale)]
    assert [(scale.minimum, scale.maximum) for scale in scales] == [(0, 10)] * 3


def test_what_is_urgent_teaches_nothing() -> None:
    """No education, figures or links follow an emergency or same_day flag (0.4), so no such rule names any."""
    urgent = [rule for rule in protocol().rules if rule.tier in (Tier.EMERGENCY, Tier.SAME_DAY)]
    assert [rule.id for rule in urgent if rule.education] == []


def test_new_comes_with_a_rule_for_every_gate_item() -> None:
    """H1: each item leads somewhere, and every item of the first two screens to an emergency."""
    rules = {rule.id: rule for rule in protocol().rules}
    assert len(rules) == len(protocol().rules)
    for gate in protocol().gates()[:2]:
        for item in gate.items:
            assert protocol().card_for(item.id, "new") is not None, item.id


def test_the_questions_are_those_of_the_bank() -> None:
    """Every question of a form is there, and every question is in a form or follows a card."""
    asked = {asked.question.id for asked in protocol().asked}
    assert set().union(*FORMS.values()) | {"rf_onset"} == asked
    assert all(len(found.question.options) >= 2 for found in protocol().asked if isinstance(found.question, Choice))
