"""What the facts add up to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Role, StaffInvited, StaffJoined, StaffLeft
from followupbot.domain.enrolment_state import Enrolment, Invited
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.alerts import FlagJoined, FlagRecorded
from followupbot.domain.facts.check_ins import (
    CheckInAsked,
    CheckInCompleted,
    CheckInCutShort,
    CheckInExpired,
    QuestionAnswered,
)
from followupbot.domain.facts.enrolment import BirthYearMistaken, PatientEnrolled
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.facts.programme import BotNamed, ProgrammePublished
from followupbot.domain.facts.record import HeadsSealed
from followupbot.domain.facts.reports import OperatorNotified
from followupbot.domain.facts.staff import StaffMemberInvited, StaffMemberJoined, StaffMemberRemoved
from followupbot.domain.folding import apply, apply_to_clinic, fold
from followupbot.domain.ids import AlertId, ChatId, CheckInId, RuleId, StaffId, TimingId, TokenHash
from followupbot.domain.rules import Tier
from tests.builders import (
    ALERT,
    BACK_PAIN,
    DR_ITO,
    FULL_FORM,
    NOW,
    PATIENT,
    V1,
    a_chart,
    a_flag,
    a_plan,
    a_raising,
    a_whole_alert,
    an_enrolled_chart,
    an_invited_chart,
    invited,
)


def asked(check_in: int) -> CheckInAsked:
    at = NOW + timedelta(days=90 * check_in)
    return CheckInAsked(at, CheckInId(check_in), TimingId("yearly"), V1, FULL_FORM, at + timedelta(days=60))


def a_whole_check_in(check_in: int) -> tuple[ChartFact, ...]:
    opened = asked(check_in)
    return (
        opened,
        QuestionAnswered(opened.at, opened.check_in, BACK_PAIN, check_in % 11),
        CheckInCompleted(opened.at, opened.check_in),
    )


def test_each_fact_counts() -> None:
    """`version` is the number of facts behind a chart."""
    chart = an_invited_chart()
    assert chart.version == 1
    assert apply(chart, NoteReceived(NOW, "n")).version == 2
    assert an_enrolled_chart().version == 4


def test_an_invited_chart_has_its_plan() -> None:
    """And nothing else has happened."""
    enrolled = an_invited_chart().enrolled
    assert enrolled == Enrolment(a_plan(), Invited(), enrolled.invitation, invited_at=enrolled.invited_at)
    assert (enrolled.chat, enrolled.blocked) == (None, False)


def test_closed_check_ins_are_forgotten_but_for_the_last_four() -> None:
    """And the one that is open stays."""
    chart = an_enrolled_chart()
    for number in range(1, 8):
        chart = fold(chart, a_whole_check_in(number))
    chart = apply(chart, asked(8))
    assert [check_in.id for check_in in chart.check_ins] == [4, 5, 6, 7, 8]
    assert chart.check_in_count == 8


def test_resolved_alerts_are_forgotten_but_for_the_last_four() -> None:
    """And the one without outcome stays."""
    chart = a_chart()
    for number in range(1, 8):
        chart = fold(chart, a_whole_alert(number))
    chart = apply(chart, replace(a_raising(Tier.SAME_DAY), alert=AlertId(8)))
    assert [alert.id for alert in chart.alerts] == [4, 5, 6, 7, 8]
    assert chart.alert_count == 8
    assert chart.unresolved_alert is not None
    assert chart.unresolved_alert.id == 8


def test_an_alert_carries_its_last_forty_flags() -> None:
    """With more, the oldest are in the facts only."""
    chart = apply(a_chart(), a_raising(Tier.SAME_DAY))
    for number in range(60):
        flag = replace(a_flag(Tier.ROUTINE), trace=replace(a_flag(Tier.ROUTINE).trace, version=number))
        chart = apply(chart, FlagJoined(NOW, ALERT, flag))
    alert = chart.alert(ALERT)
    assert alert is not None
    assert [flag.trace.version for flag in alert.flags] == list(range(20, 60))


def test_a_rule_that_flags_again_on_one_occasion_stands_there_once() -> None:
    """An emergency may, after its outcome; what a check-in keeps stays bounded."""
    chart = fold(a_chart(), [FlagRecorded(NOW, a_flag(Tier.RECORD))] * 5)
    check_in = chart.open_check_in
    assert check_in is not None
    assert check_in.fired == (RuleId("weak_clear"),)


def size(chart: Chart) -> int:
    return len(repr(replace(chart, clinic=Clinic(), programmes={})))


def test_a_chart_does_not_grow_with_the_years() -> None:
    """After 20 years of four check-ins and an alert a year it is no larger than after five."""
    chart, sizes = an_enrolled_chart(), []
    for number in range(1, 81):
        chart = fold(chart, a_whole_check_in(number))
        if number % 4 == 0:
            chart = fold(chart, a_whole_alert(number // 4, check_in=number))
        sizes.append(size(chart))
    assert max(sizes[20:]) <= max(sizes[:20]) + 10  # numbers have more digits
    assert chart.check_in_count == 80


def test_misses_are_counted_in_a_row() -> None:
    """An answered one sets them to nought."""
    chart = an_enrolled_chart()
    for number in (1, 2):
        chart = fold(chart, (asked(number), CheckInExpired(NOW, CheckInId(number), missed=True)))
    assert chart.misses == 2
    assert fold(chart, a_whole_check_in(3)).misses == 0


def test_an_emergency_is_no_miss() -> None:
    """It was cut short because it was answered."""
    chart = fold(an_enrolled_chart(), (asked(1), CheckInExpired(NOW, CheckInId(1), missed=True)))
    assert fold(chart, (asked(2), CheckInCutShort(NOW, CheckInId(2)))).misses == 0


def test_since_is_the_day_on_which_a_check_in_with_answers_was_closed() -> None:
    """One without an answer leaves it alone."""
    chart = fold(an_enrolled_chart(), a_whole_check_in(1))
    answered_at = asked(1).at
    assert chart.answered_at == answered_at
    later = fold(chart, (asked(2), CheckInExpired(NOW + timedelta(days=365), CheckInId(2), missed=True)))
    assert later.answered_at == answered_at


def test_notes_are_counted() -> None:
    """Their words stand elsewhere."""
    assert fold(a_chart(), [NoteReceived(NOW, "a"), NoteReceived(NOW, "b")]).notes == 2


@pytest.mark.parametrize(
    ("chart", "fact"),
    [
        (an_invited_chart(), PatientEnrolled(NOW, NOW.date(), operated=True)),
        (an_invited_chart(), BirthYearMistaken(NOW)),
        (an_invited_chart(), QuestionAnswered(NOW, CheckInId(1), BACK_PAIN, 3)),
        (an_enrolled_chart(), FlagJoined(NOW, ALERT, a_flag(Tier.ROUTINE))),
        (Chart(PATIENT), BirthYearMistaken(NOW)),
    ],
)
def test_a_fact_that_cannot_follow_is_our_mistake(chart: Chart, fact: ChartFact) -> None:
    """It is never folded into something else."""
    with pytest.raises(AssertionError):
        apply(chart, fact)


def test_the_clinic_folds_its_facts() -> None:
    """A staff member is invited, invited again, joins and leaves, and stays in the record."""
    token, later = TokenHash("a"), TokenHash("b")
    clinic, states = Clinic(), []
    for fact in (
        StaffMemberInvited(NOW, StaffId("s1"), "dr_ito", Role.CLINICIAN, token, NOW),
        StaffMemberInvited(NOW, StaffId("s1"), "dr_ito", Role.LEAD, later, NOW),
        StaffMemberJoined(NOW, StaffId("s1"), ChatId("c")),
        StaffMemberRemoved(NOW, StaffId("s1")),
    ):
        clinic = apply_to_clinic(clinic, fact)
        states.append((clinic.staff[0].role, clinic.staff[0].state))
    assert states == [
        (Role.CLINICIAN, StaffInvited(token, NOW)),
        (Role.LEAD, StaffInvited(later, NOW)),
        (Role.LEAD, StaffJoined(ChatId("c"))),
        (Role.LEAD, StaffLeft()),
    ]
    assert (len(clinic.staff), clinic.version) == (1, 4)
    assert invited(DR_ITO).chat is None


def test_the_clinic_keeps_its_last_twenty_notices() -> None:
    """Older ones stay in the facts."""
    clinic = Clinic()
    for number in range(30):
        clinic = apply_to_clinic(clinic, OperatorNotified(NOW, "chart_failed", str(number)))
    assert [notice.detail for notice in clinic.notices] == [str(number) for number in range(10, 30)]


def test_the_clinic_knows_its_version_and_its_bots_name() -> None:
    """A seal changes nothing but the count of facts."""
    clinic = apply_to_clinic(apply_to_clinic(Clinic(), ProgrammePublished(NOW, V1)), BotNamed(NOW, "a_bot"))
    sealed = apply_to_clinic(clinic, HeadsSealed(NOW, 3, "digest"))
    assert (clinic.programme_version, clinic.bot_name) == (V1, "a_bot")
    assert sealed == replace(clinic, version=3)
