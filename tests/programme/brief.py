"""The brief's tables (8a, 8b, 0.6, 0.7, 0.11, 0.19, 0.20), written down a second time, by hand, beside the protocol.

A vignette shows what an answer comes to; these say when it is asked and who is told how fast.
"""

from collections.abc import Iterator
from datetime import time, timedelta

from followupbot.domain.care_protocol import (
    Asked,
    AtClosing,
    CareProtocol,
    HelpCheck,
    Paging,
    Unscheduled,
    Within,
    WorkingDays,
)
from followupbot.domain.ids import QuestionId
from followupbot.domain.rules import Tier
from followupbot.domain.schedule import Offset, QuietHours, Timing


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


def minutes(count: int) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


EARLY, FULL, FULL_YEARLY, MICRO, MICRO_YEARLY = "early", "full", "full_yearly", "micro", "micro_yearly"

LONG = (days(2), days(7), days(12))
"""Reminders of windows of 12 days and more (3); shorter ones remind on days 1 and 3 (0.20)."""

SHORT = (days(1), days(3))

YEARLY = Offset(months=12)

# timing, after the operation (days, months), form, days before, days after, reminders, repeated
SCHEDULE: dict[str, tuple[Offset, str, int, int, tuple[timedelta, ...], Offset | None]] = {
    "baseline": (Offset(), EARLY, 0, 14, LONG, None),
    "two_weeks": (Offset(days=14), EARLY, 3, 7, SHORT, None),
    "six_weeks": (Offset(days=42), EARLY, 14, 14, LONG, None),
    "three_months": (Offset(months=3), EARLY, 21, 21, LONG, None),
    "six_months": (Offset(months=6), FULL, 30, 30, LONG, None),
    "nine_months": (Offset(months=9), MICRO, 21, 21, LONG, None),
    "one_year": (Offset(months=12), FULL_YEARLY, 60, 60, LONG, None),
    "fifteen_months": (Offset(months=15), MICRO, 21, 21, LONG, None),
    "eighteen_months": (Offset(months=18), MICRO, 21, 21, LONG, None),
    "twenty_one_months": (Offset(months=21), MICRO, 21, 21, LONG, None),
    "two_years": (Offset(months=24), FULL_YEARLY, 60, 60, LONG, None),
    "three_years": (Offset(months=36), MICRO_YEARLY, 45, 45, LONG, None),
    "three_and_a_half_years": (Offset(months=42), MICRO, 45, 45, LONG, None),
    "four_years": (Offset(months=48), MICRO_YEARLY, 45, 45, LONG, None),
    "four_and_a_half_years": (Offset(months=54), MICRO, 45, 45, LONG, None),
    "five_years": (Offset(months=60), FULL_YEARLY, 180, 180, LONG, None),
    "six_years": (Offset(months=72), MICRO_YEARLY, 60, 60, LONG, None),
    "seven_years": (Offset(months=84), FULL_YEARLY, 180, 180, LONG, None),
    "eight_years": (Offset(months=96), MICRO_YEARLY, 60, 60, LONG, None),
    "nine_years": (Offset(months=108), MICRO_YEARLY, 60, 60, LONG, None),
    "ten_years": (Offset(months=120), FULL_YEARLY, 180, 180, LONG, None),
    "yearly": (Offset(months=132), MICRO_YEARLY, 60, 60, LONG, YEARLY),
}

HELP_CHECK = HelpCheck(timedelta(hours=2), timedelta(hours=1))
"""After a card (0.6); how long silence stays unheard is ours [P]."""

LADDER = {
    Tier.EMERGENCY: Paging(Within(minutes(5)), (minutes(5), minutes(5)), True, minutes(30), HELP_CHECK),
    Tier.SAME_DAY: Paging(AtClosing(), (minutes(30), minutes(30)), False, timedelta(hours=4)),
    Tier.THIS_WEEK: Paging(WorkingDays(5)),
    Tier.ROUTINE: Paging(Within(timedelta(weeks=6))),
}

AGAIN_AFTER = {
    Tier.EMERGENCY: ([],),
    Tier.SAME_DAY: ([days(7), days(30)],),
    Tier.THIS_WEEK: ([days(7), days(30)],),
    Tier.ROUTINE: ([],),
    Tier.RECORD: ([], [days(7)]),
}
"""On which days a rule has its patients asked again (8b): after T2 and worse, but no emergency: the clinic knows more
than a bot then [P]; and a reading in doubt after a week (0.10)."""

RECHECKS = {days(7): (days(3), (days(1),)), days(30): (days(7), SHORT)}
"""After so many days a re-check stands open for so long, and reminds then (8b, 0.20)."""

CORE = {"back_nrs", "back_change", "leg_nrs_l", "leg_nrs_r", "numb_leg", "weak_task", "func_change"}
GATE = ("gate_bladder_bowel", "gate_feeling", "gate_legs_general")
FULL_ONLY = {
    *("pain_new_place", "pain_level", "tingle_leg", "func_exercise", "func_lift", "walk_time", "hw_feel"),
    *("opioid_use", "opioid_change", "sleep_pain", "phq2_interest", "phq2_mood", "afraid_of_falling", "care_since"),
}
ONCE_A_YEAR = {"fuse_context", "phone_changed"}
EVERYWHERE = {
    *("rf_foot_degree", "rf_fever_degree", "rf_fall_degree", "rf_drowsy", "sleep_move", "leg_change", "pain_eased"),
    *("urgency_self", "note"),
}

FORMS = {
    MICRO: {*GATE, *CORE, *EVERYWHERE},
    MICRO_YEARLY: {*GATE, *CORE, *EVERYWHERE, *ONCE_A_YEAR},
    FULL: {*GATE, *CORE, *EVERYWHERE, *FULL_ONLY},
    FULL_YEARLY: {*GATE, *CORE, *EVERYWHERE, *FULL_ONLY, *ONCE_A_YEAR},
    EARLY: {*GATE, *CORE, *EVERYWHERE, *FULL_ONLY, "gate_first_months"},
}
"""8a: micro is gate and core, full is all; the calf in the first three months."""

ASKED_FOR = {
    "urgent": (FORMS[MICRO] - CORE - {"leg_change", "pain_eased"} | {"gate_first_months"}, days(1)),
    "report": (FORMS[MICRO] | {"gate_first_months"}, days(2)),
}
"""What a patient may ask for at any time (8b): the red flags, or gate and core; the calf always (2)."""


PRIVATE = {"rf_sexual", "phq2_interest", "phq2_mood"}
"""Sexual and mood items, which a carer is not asked (0.19)."""

EXPECTED_FOR = (days(7), days(14), days(28))
"""How long "expected until" may last, ours [P]: the longest is what clinic staff asked for, a month."""


def departures(protocol: CareProtocol) -> Iterator[str]:
    """Where the protocol is other than these tables."""
    if [timing.id for timing in protocol.timings] and {timing.id for timing in protocol.timings} != set(SCHEDULE):
        yield "timings: others than in the table"
    for timing in protocol.timings:
        if timing.id in SCHEDULE and _line(timing) != _expected(timing):
            yield f"{timing.id}: {_line(timing)}, expected {_expected(timing)}"
    private = {name for asked in protocol.asked for name in _left_to_patient(asked)}
    if private != PRIVATE:
        yield f"never asked of a carer: {sorted(private)}"
    if protocol.ladder != LADDER:
        yield f"ladder: {protocol.ladder}"
    if protocol.quiet_hours != QuietHours(time(20), time(9)):
        yield f"quiet hours: {protocol.quiet_hours}"
    if protocol.absorb_within != days(7):
        yield f"absorb_within: {protocol.absorb_within}"
    if protocol.expecting is None or protocol.expecting.spans != EXPECTED_FOR:
        yield f"expecting: {protocol.expecting}"
    if (protocol.years, protocol.approved_by, protocol.languages) != (10, (), ("en", "es")):
        yield f"{protocol.years} years, approved by {protocol.approved_by}, languages {protocol.languages}"
    if protocol.at_enrolment != "baseline" or protocol.after_card != "rf_onset":
        yield f"at enrolment {protocol.at_enrolment}, after a card {protocol.after_card}"
    for name, asked_for in (("urgent", protocol.urgent), ("report", protocol.report)):
        if asked_for is None or _asked_for(asked_for) != (*ASKED_FOR[name], GATE):
            yield f"{name}: {asked_for}"
    for rule in protocol.rules:
        again = [recheck.after for recheck in rule.rechecks]
        if again not in AGAIN_AFTER[rule.tier]:
            yield f"{rule.id}: {rule.tier}, and re-checks after {again}"
        for recheck in rule.rechecks:
            window = (recheck.open_for, recheck.reminders)
            if RECHECKS.get(recheck.after) != window or set(recheck.form) != FORMS[MICRO]:
                yield f"{rule.id}: a re-check after {recheck.after} with {window}"


def _left_to_patient(asked: Asked) -> set[QuestionId]:
    """What of that question a carer is not asked."""
    for_carer = asked.for_carer()
    return set(asked.question.ids()) - set(for_carer.question.ids() if for_carer else ())


def _asked_for(found: Unscheduled) -> tuple[object, ...]:
    return (set(found.form), found.open_for, found.form[:3])


def _line(timing: Timing) -> tuple[object, ...]:
    forms = (timing.open_before, timing.open_for, timing.reminders, timing.repeat, timing.until, timing.hour)
    return (timing.offset, set(timing.form), *forms, timing.anchor, timing.group, timing.form[:3])


def _expected(timing: Timing) -> tuple[object, ...]:
    after, form, before, open_for, reminders, repeat = SCHEDULE[timing.id]
    return (after, FORMS[form], days(before), days(open_for), reminders, repeat, None, None, "surgery", None, GATE)
