"""The patient's own record."""

from followupbot.domain.enrolment_state import HALT_REASONS
from followupbot.domain.tiers import Tier
from followupbot.rendering.contracts.terms import WORD, Contract
from followupbot.rendering.param_kinds import (
    ANSWER,
    ANSWER_OR_NONE,
    CODE,
    COUNT,
    DAY,
    DAY_OR_NONE,
    HALT_REASON,
    INSTANT,
    NUMBER_OR_NONE,
    OUTCOME,
    RECORDED_TIER,
    SAID,
    SENT_TEXT,
    SHORT_TEXT,
    SHORT_TEXT_OR_NONE,
    SURGERY_DATE,
    TEXT,
    TITLE,
)

CONTRACTS: dict[str, Contract] = {
    "record/trend": Contract(
        {
            "number": NUMBER_OR_NONE,
            "title": TITLE,
            "last": ANSWER,
            "last_on": DAY,
            "first": ANSWER_OR_NONE,
            "first_on": DAY_OR_NONE,
        }
    ),
    "record/plan": Contract(
        {
            "code": CODE,
            "at": INSTANT,
            "surgery_on": SURGERY_DATE,
            "zone": SHORT_TEXT,
            "ask_at": SHORT_TEXT,
            "born": SHORT_TEXT_OR_NONE,
        },
        shows=("code", "surgery_on", "zone", "ask_at"),
    ),
    **{
        f"record/{name}": Contract({"at": INSTANT})
        for name in (
            "connected",
            "consent_given",
            "consent_declined",
            "enrolled",
            "stopped",
            "resumed",
            "deletion_requested",
            "deletion_called_off",
            "travel_ended",
            "taken",
            "card",
            "help_answered",
            "missed",
            "asked",
        )
    },
    "record/check_in": Contract({"at": INSTANT, "said": SAID}),
    "record/answer_before": Contract({"at": INSTANT, "said": SAID}),
    "record/answered_by_helper": Contract({"at": INSTANT, "number": COUNT, "said": SAID}, shows=("number",)),
    "record/answered_by_phone": Contract({"at": INSTANT, "said": SAID}),
    "record/note": Contract({"at": INSTANT, "text": TEXT}, shows=("text",)),
    "record/note_by_helper": Contract({"at": INSTANT, "number": COUNT, "text": TEXT}, shows=("number", "text")),
    "record/note_by_phone": Contract({"at": INSTANT, "text": TEXT}, shows=("text",)),
    "record/message": Contract({"at": INSTANT, "text": SENT_TEXT}),
    "record/flag": Contract({"at": INSTANT, "tier": RECORDED_TIER}, shows=("tier",)),
    "record/resolved": Contract({"at": INSTANT, "outcome": OUTCOME}, shows=("outcome",)),
    "record/paused": Contract({"at": INSTANT, "until": INSTANT}),
    "record/halted": Contract({"at": INSTANT, "reason": HALT_REASON}, shows=("reason",)),
    **{f"record/halts/{reason}": WORD for reason in HALT_REASONS},
    "record/operation": Contract({"at": INSTANT, "surgery_on": SURGERY_DATE}, shows=("surgery_on",)),
    **{f"record/{name}": Contract({"at": INSTANT, "on": DAY}) for name in ("day_added", "day_cancelled")},
    "record/travel": Contract({"at": INSTANT, "zone": SHORT_TEXT, "until": INSTANT}, shows=("zone",)),
    "record/plan_changed": Contract({"at": INSTANT, "zone": SHORT_TEXT, "ask_at": SHORT_TEXT}, shows=("zone",)),
    **{f"record/tiers/{tier}": WORD for tier in Tier},
}
