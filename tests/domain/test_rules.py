"""When what a patient has said becomes a finding, and why."""

import pytest

from followupbot.domain.comparisons import AtLeast, Is
from followupbot.domain.conditions import All, Any, Not
from followupbot.domain.evidence import Evidence
from followupbot.domain.ids import CardId, Concern, QuestionId, RuleId
from followupbot.domain.replies import Answer, Value
from followupbot.domain.rules import Rule, Tier, Trace, emergency_card, fired, trace
from tests.builders import BACK_PAIN, BLADDER, BREATH, MOOD, PAIN_EASED, RULES, SADDLE, WEAKNESS


def ids(rules: tuple[Rule, ...]) -> list[str]:
    return [rule.id for rule in rules]


def test_rules_fire_in_the_protocols_order_on_what_was_just_said() -> None:
    """Two rules, two findings."""
    evidence = Evidence({WEAKNESS: "a_bit", MOOD: "low", BACK_PAIN: 3})
    assert ids(fired(RULES, evidence, frozenset({MOOD, WEAKNESS}))) == ["weak_slight", "mood_low"]


def test_a_rule_about_something_else_does_not_fire_again() -> None:
    """Weakness was said before; now the mood is asked."""
    evidence = Evidence({WEAKNESS: "clearly", MOOD: "good"})
    assert ids(fired(RULES, evidence, frozenset({MOOD}))) == []


def test_a_rule_that_cannot_be_known_yet_does_not_fire() -> None:
    """Severe pain, and whether medicine eases it is not answered yet."""
    assert ids(fired(RULES, Evidence({BACK_PAIN: 9}), frozenset({BACK_PAIN}))) == []
    eased = Evidence({BACK_PAIN: 9, PAIN_EASED: "no"})
    assert ids(fired(RULES, eased, frozenset({PAIN_EASED}))) == ["pain_severe"]
    assert ids(fired(RULES, Evidence({BACK_PAIN: 9, PAIN_EASED: "yes"}), frozenset({PAIN_EASED}))) == []


def test_a_trace_says_which_rule_in_which_version_fired_on_which_answers() -> None:
    """Enough to say it in words, years later; answers that it did not look at are not in it."""
    (severe,) = (rule for rule in RULES if rule.id == "pain_severe")
    evidence = Evidence({PAIN_EASED: "no", BACK_PAIN: 9, WEAKNESS: "no"})
    assert trace(severe, evidence) == Trace(RuleId("pain_severe"), 3, (Answer(BACK_PAIN, 9), Answer(PAIN_EASED, "no")))


def test_a_trace_leaves_out_what_was_not_answered() -> None:
    """It fired all the same."""
    either = Rule(RuleId("r"), Any((Is(WEAKNESS, "clearly"), AtLeast(BACK_PAIN, 8))), Tier.SAME_DAY, Concern("pain"))
    assert trace(either, Evidence({BACK_PAIN: 9})).inputs == (Answer(BACK_PAIN, 9),)


@pytest.mark.parametrize(
    ("question", "value", "card"),
    [
        (BLADDER, "new", "cauda_equina"),
        (SADDLE, "new", "cauda_equina"),
        (BREATH, "new", "breathing"),
        (BLADDER, "as_before", None),
        (BLADDER, "no", None),
        (WEAKNESS, "clearly", None),
        (QuestionId("other"), "new", None),
    ],
)
def test_a_button_bears_the_card_that_its_press_alone_brings(
    question: QuestionId, value: Value, card: str | None
) -> None:
    """So that no database is needed for it."""
    assert emergency_card(RULES, question, value) == card


def test_an_emergency_that_needs_two_answers_is_on_no_button() -> None:
    """The press alone does not bring it; nor does an unknown that is denied."""
    both = Rule(
        RuleId("both"),
        All((Is(WEAKNESS, "clearly"), AtLeast(BACK_PAIN, 8))),
        Tier.EMERGENCY,
        Concern("weakness"),
        card=CardId("c"),
    )
    but_not = Rule(
        RuleId("but"), All((Is(MOOD, "low"), Not(Is(WEAKNESS, "no")))), Tier.EMERGENCY, Concern("x"), card=CardId("c")
    )
    assert emergency_card((both, but_not), WEAKNESS, "clearly") is None
    assert emergency_card((both, but_not), MOOD, "low") is None


def test_tiers_stand_in_the_order_of_their_urgency() -> None:
    """A tier is not worse than itself."""
    assert sorted(Tier, key=lambda tier: tier.rank) == ["emergency", "same_day", "this_week", "routine", "record"]
    assert Tier.EMERGENCY.worse_than(Tier.SAME_DAY)
    assert not Tier.SAME_DAY.worse_than(Tier.SAME_DAY)
    assert not Tier.RECORD.worse_than(Tier.ROUTINE)
