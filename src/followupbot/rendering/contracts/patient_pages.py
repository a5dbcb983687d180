"""A patient's page, and what staff record about a patient."""

from followupbot.domain.enrolment_state import STANDINGS
from followupbot.domain.standing import REFUSALS, STATUSES
from followupbot.rendering.contracts.terms import EXPECTATION, REPLY, WORD, Contract
from followupbot.rendering.param_kinds import (
    CODE,
    CONCERN_OR_NONE,
    COUNT,
    COUNT_OR_ZERO,
    DAY_OR_NONE,
    INSTANT,
    INSTANT_OR_NONE,
    LINES,
    NAME,
    NAME_OR_NONE,
    OTHERS_OR_NONE,
    OUTCOME_OR_NONE,
    SHORT_TEXT,
    STANDING,
    STATUS,
    STATUS_REFUSAL,
    SURGERY_DATE,
    TIER,
    TRUTH,
    YEARS_OR_NONE,
)

CONTRACTS: dict[str, Contract] = {
    "staff/which_patient": REPLY,
    "staff/no_such_patient": REPLY,
    "staff/patient": Contract({"code": CODE, "lines": LINES}, shows=("code",), buttons=("take", "end")),
    "staff/patient_lines": Contract({"lines": LINES}),
    "staff/patient/standing": Contract({"standing": STANDING}, shows=("standing",)),
    "staff/patient/surgery": Contract(
        {"surgery_on": SURGERY_DATE, "operated": TRUTH, "years": YEARS_OR_NONE, "about": TRUTH}, shows=("surgery_on",)
    ),
    "staff/patient/clock": Contract({"here": INSTANT, "zone": SHORT_TEXT, "ask_at": SHORT_TEXT}, shows=("zone",)),
    "staff/patient/alert": Contract(
        {
            "tier": TIER,
            "concern": CONCERN_OR_NONE,
            "others": OTHERS_OR_NONE,
            "raised": INSTANT,
            "due": INSTANT,
            "late": TRUTH,
            "by": NAME_OR_NONE,
        },
        shows=("tier",),
    ),
    "staff/patient/last_alert": Contract(
        {
            "tier": TIER,
            "concern": CONCERN_OR_NONE,
            "others": OTHERS_OR_NONE,
            "raised": INSTANT,
            "outcome": OUTCOME_OR_NONE,
            "by": NAME,
            "at": INSTANT,
        },
        shows=("tier", "by"),
    ),
    "staff/patient/expected": EXPECTATION,
    "staff/patient/baseline": Contract({"concern": CONCERN_OR_NONE, "by": NAME, "at": INSTANT}, shows=("by",)),
    "staff/patient/unread": Contract({"count": COUNT, "by": INSTANT_OR_NONE}, shows=("count",)),
    "staff/patient/open": Contract({"asked": INSTANT, "until": INSTANT, "begun": TRUTH}),
    "staff/patient/heard": Contract({"heard": DAY_OR_NONE, "misses": COUNT_OR_ZERO}),
    "staff/patient/helper_blocked": Contract({"number": COUNT}, shows=("number",)),
    "staff/patient/next": Contract({"at": INSTANT_OR_NONE}),
    **{f"staff/standings/{standing}": WORD for standing in STANDINGS},
    "staff/glass_broken": Contract({"code": CODE, "name": NAME}, shows=("code", "name")),
    "staff/status_recorded": Contract(
        {"code": CODE, "status": STATUS, "alert": TRUTH, "undo": TRUTH}, shows=("code", "status")
    ),
    **{f"staff/statuses/{status}": WORD for status in STATUSES},
    "staff/status_refused": Contract({"code": CODE, "why": STATUS_REFUSAL}, shows=("code", "why")),
    **{f"staff/status_refusals/{refusal}": WORD for refusal in REFUSALS},
}
