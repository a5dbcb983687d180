"""A care protocol's file is read into the domain's values; each mistake in it is reported once, where it stands."""

from datetime import timedelta

import pytest

from followupbot.domain.care_protocol import Asked, AtClosing, CareProtocol, Paging, Within, WorkingDays
from followupbot.domain.comparisons import AnyOf, AtLeast, Is
from followupbot.domain.conditions import All
from followupbot.domain.gates import Gate, GateItem
from followupbot.domain.ids import CardId, Concern, ProtocolKey, QuestionId, RuleId, TimingId, TopicId
from followupbot.domain.questions import Choice, Scale
from followupbot.domain.rules import Rule, Tier
from followupbot.domain.schedule import Offset, Timing
from followupbot.protocol_files.programme import ReadFiles, read_files
from tests.protocol_files.examples import CLINIC, PROTOCOL, Mistake, mistakes, replaced

FILE = "protocols/example.yaml"
GATE, FEEL, PAIN, WEAK = (QuestionId(name) for name in ("gate", "rf_feel", "pain", "weak"))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def read(content: bytes) -> ReadFiles:
    """The example programme with this protocol."""
    return read_files({FILE: content, "clinic.yaml": CLINIC.encode()})


def test_a_protocol_is_read_into_the_domains_own_values() -> None:
    """Whatever stands in the file, and nothing else."""
    read_back = read(PROTOCOL.encode())
    assert read_back.problems == ()
    (found,) = read_back.protocols
    form = (GATE, PAIN, WEAK)
    assert found.protocol == CareProtocol(
        key=ProtocolKey("example"),
        asked=(
            Asked(Gate(GATE, (GateItem(FEEL, Concern("feeling")),))),
            Asked(Scale(PAIN, 0, 10)),
            Asked(Choice(WEAK, ("no", "a_bit", "clearly")), AtLeast(PAIN, 1)),
        ),
        rules=(
            Rule(RuleId("feel_new"), Is(FEEL, "new"), Tier.EMERGENCY, Concern("feeling"), card=CardId("nerves")),
            Rule(RuleId("feel_before"), Is(FEEL, "as_before"), Tier.SAME_DAY, Concern("feeling")),
            Rule(
                RuleId("both"),
                All((AtLeast(PAIN, 8), AnyOf(WEAK, ("a_bit", "clearly")))),
                Tier.THIS_WEEK,
                Concern("pain"),
                education=TopicId("pain"),
            ),
        ),
        timings=(
            Timing(TimingId("start"), Offset(), form, 7 * DAY),
            Timing(TimingId("yearly"), Offset(months=12), form, 60 * DAY, Offset(months=12)),
        ),
        ladder={
            Tier.EMERGENCY: Paging(Within(5 * MINUTE), (5 * MINUTE, 5 * MINUTE), True, 30 * MINUTE),
            Tier.SAME_DAY: Paging(AtClosing(), (30 * MINUTE,)),
            Tier.THIS_WEEK: Paging(WorkingDays(5)),
            Tier.ROUTINE: Paging(Within(42 * DAY)),
        },
        at_enrolment=TimingId("start"),
        years=10,
        approved_by=(),
    )


@pytest.mark.parametrize("mistake", mistakes("broken_protocols.txt"), ids=str)
def test_a_mistake_is_reported_once_where_it_stands(mistake: Mistake) -> None:
    """Line, column, what was expected, and what was probably meant."""
    found = read(mistake.made_in(PROTOCOL)).problems
    assert [str(problem).removeprefix(f"{FILE}:") for problem in sorted(found)] == list(mistake.expected)


def test_all_mistakes_are_reported_at_once() -> None:
    """Nobody has to run it once for each."""
    text = replaced(PROTOCOL, "type: scale", "type: scal")
    text = replaced(text, "tier: same_day", "tier: sameday")
    found = read(replaced(text, "due: 6 weeks", "due: soon").encode()).problems
    assert [problem.line for problem in sorted(found)] == [10, 25, 50]
