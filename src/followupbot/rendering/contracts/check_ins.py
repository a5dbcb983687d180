"""Check-ins with their questions, emergency cards and education."""

from dataclasses import replace

from followupbot.domain.offers import CRISIS_CARD
from followupbot.rendering.contracts.terms import ABROAD, CRISIS_LINE, EMERGENCY_NUMBER, REPLY, Contract
from followupbot.rendering.param_kinds import (
    COUNT,
    DAY_OR_NONE,
    INSTANT,
    INSTANT_OR_NONE,
    MINUTES,
    SAID,
    TRUTH,
    TRUTH_OR_NONE,
)

_CARD = Contract(
    {"recorded": TRUTH, "reached": TRUTH}, shows=(EMERGENCY_NUMBER,), says=(ABROAD,), opens=EMERGENCY_NUMBER
)

CONTRACTS: dict[str, Contract] = {
    "check_ins/ready": Contract({"minutes": MINUTES}, shows=("minutes", "clinic.name"), buttons=("start",)),
    "check_ins/reminder": Contract(
        {"begun": TRUTH, "minutes": MINUTES, "until": INSTANT}, shows=("clinic.name",), buttons=("start",)
    ),
    "check_ins/over": Contract(shows=(EMERGENCY_NUMBER,)),
    "check_ins/by_phone": Contract(shows=("clinic.name", EMERGENCY_NUMBER)),
    "check_ins/rest_is_private": Contract(shows=(EMERGENCY_NUMBER,)),
    "check_ins/later": Contract({"until": INSTANT}, shows=(EMERGENCY_NUMBER,), buttons=("start",)),
    "check_ins/said": Contract({"said": SAID}, buttons=("change",)),
    "check_ins/change": Contract({"first": COUNT, "last": COUNT, "of": COUNT}, buttons=("more", "nothing")),
    "check_ins/unchanged": Contract(shows=(EMERGENCY_NUMBER,)),
    "check_ins/done/emergency": Contract(shows=(EMERGENCY_NUMBER,)),
    "check_ins/done/no_flag": REPLY,
    "check_ins/done/record": REPLY,
    "check_ins/done/routine": REPLY,
    "check_ins/done/this_week": Contract({"due": INSTANT_OR_NONE}),
    "check_ins/done/same_day": Contract(
        {"due": INSTANT_OR_NONE, "reached": TRUTH, "told_now": TRUTH}, shows=(EMERGENCY_NUMBER,)
    ),
    "questions/*": Contract({"number": COUNT, "of": COUNT, "first": TRUTH, "since": DAY_OR_NONE}, buttons=None),
    "education/*": Contract(sourced=True),
    "education_sources/*": REPLY,
    "cards/fallback": Contract(shows=(EMERGENCY_NUMBER,), says=(ABROAD,), opens=EMERGENCY_NUMBER),
    "cards/*": _CARD,
    # Of a crisis without a ladder of its own nobody is told at once, which is no failure to reach them (0.14): none.
    f"cards/{CRISIS_CARD}": replace(
        _CARD, params={"recorded": TRUTH, "reached": TRUTH_OR_NONE}, shows=(EMERGENCY_NUMBER, CRISIS_LINE)
    ),
}
