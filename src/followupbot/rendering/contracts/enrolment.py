"""The way in: link, plan, teach-back, practice."""

from followupbot.domain.screens import DRINKS, RED_FLAG_ANSWERS, ZONES
from followupbot.rendering.contracts.terms import EMERGENCY_NUMBER, REPLY, Contract
from followupbot.rendering.param_kinds import INSTANT, SHORT_TEXT, SURGERY_DATE, TRUTH, ParamKind

CONTRACTS: dict[str, Contract] = {
    "enrolment/link_refused": REPLY,
    "enrolment/not_connected": REPLY,
    "enrolment/plan": Contract(
        {"here": INSTANT, "zone": ParamKind("a time zone", ("Europe/London",)), "ask_at": SHORT_TEXT},
        shows=("ask_at",),
        buttons=("right", "language", "zone", "hour"),
    ),
    "enrolment/plan_language": Contract(buttons=None),
    "enrolment/plan_zone": Contract({"refused": TRUTH}, buttons=tuple(ZONES)),
    "enrolment/plan_hour": Contract({"refused": TRUTH}),
    "enrolment/teach_back": Contract(buttons=RED_FLAG_ANSWERS),
    "enrolment/teach_back_again": Contract(shows=(EMERGENCY_NUMBER,), buttons=RED_FLAG_ANSWERS),
    "enrolment/practice": Contract(shows=(EMERGENCY_NUMBER,), buttons=DRINKS),
    "enrolment/welcome": Contract({"ask_at": SHORT_TEXT}, shows=("ask_at",)),
    "enrolment/surgery_ahead": Contract({"surgery_on": SURGERY_DATE}, shows=("surgery_on",)),
    "enrolment/connected_again": REPLY,
}
