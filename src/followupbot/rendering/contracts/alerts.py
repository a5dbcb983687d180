"""Alerts, their words, and how they are handled."""

from followupbot.domain import crisis, handling, yearly
from followupbot.domain.alerts import EXPECTED
from followupbot.domain.tiers import Tier
from followupbot.rendering.contracts.terms import EXPECTATION, NOTICE, REPLY, WORD, Contract
from followupbot.rendering.param_kinds import (
    CODE,
    CONCERN_OR_NONE,
    COUNT,
    COUNT_OR_ZERO,
    DAY,
    DAY_OR_NONE,
    INSTANT,
    INSTANT_OR_NONE,
    LINES,
    LINES_OR_NONE,
    NAME,
    NAME_OR_NONE,
    OTHERS_OR_NONE,
    OUTCOME,
    PICTURE_OR_NONE,
    SAID_OR_NONE,
    SHORT_NAME,
    SHORT_NAME_OR_NONE,
    SHORT_TEXT,
    SHORT_TEXT_OR_NONE,
    TIER,
    TRUTH_OR_NONE,
    WORKING_DAYS_OR_NONE,
    YEARS_OR_NONE,
    ParamKind,
)

_HOW_SOON = {"due": INSTANT, "days": WORKING_DAYS_OR_NONE}
_HANDLING = ("details", "hand_over", "expect")

CONTRACTS: dict[str, Contract] = {
    "alerts/new": Contract(
        {
            "code": CODE,
            "tier": TIER,
            "concern": CONCERN_OR_NONE,
            "others": OTHERS_OR_NONE,
            "years": YEARS_OR_NONE,
            "about": TRUTH_OR_NONE,
            **_HOW_SOON,
            "reported": INSTANT_OR_NONE,
            "again": COUNT_OR_ZERO,
        },
        shows=("code", "tier"),
        buttons=("take",),
    ),
    "alerts/offer": Contract(
        {
            "code": CODE,
            "tier": TIER,
            "concern": CONCERN_OR_NONE,
            "others": OTHERS_OR_NONE,
            "years": YEARS_OR_NONE,
            "about": TRUTH_OR_NONE,
            **_HOW_SOON,
            "by": NAME,
        },
        shows=("code", "tier", "by"),
        buttons=("take",),
    ),
    "alerts/taken": Contract(
        {"code": CODE, "tier": TIER, "by": NAME, "at": INSTANT, "offered_to": NAME_OR_NONE},
        shows=("code", "tier", "by"),
    ),
    "alerts/yours": Contract(
        {
            "code": CODE,
            "tier": TIER,
            "concern": CONCERN_OR_NONE,
            "others": OTHERS_OR_NONE,
            "years": YEARS_OR_NONE,
            "about": TRUTH_OR_NONE,
            **_HOW_SOON,
            "at": INSTANT,
            "again_at": INSTANT_OR_NONE,
            "offered_to": NAME_OR_NONE,
        },
        shows=("code", "tier"),
        buttons=_HANDLING,
    ),
    "alerts/joined": Contract(
        {"code": CODE, "tier": TIER, "concern": CONCERN_OR_NONE}, shows=("code", "tier"), buttons=_HANDLING
    ),
    "alerts/resolved": Contract(
        {"code": CODE, "tier": TIER, "by": NAME, "outcome": OUTCOME, "at": INSTANT, "until": INSTANT_OR_NONE},
        shows=("code", "tier", "by", "outcome"),
    ),
    "alerts/details": Contract(
        {"code": CODE, "tier": TIER, "flags": LINES, "expected": LINES_OR_NONE},
        shows=("code", "tier"),
        buttons=("to_alert",),
    ),
    "alerts/rule": Contract(
        {
            "said": SAID_OR_NONE,
            "helpers": SHORT_TEXT_OR_NONE,
            "entered_by": SHORT_TEXT_OR_NONE,
            "tier": TIER,
            "rule": SHORT_TEXT,
            "version": COUNT,
            "at": INSTANT,
        },
        shows=("rule",),
    ),
    "alerts/rule_of_old": Contract({"rule": SHORT_TEXT}, shows=("rule",)),
    "alerts/trend": Contract(
        {"code": CODE, "lines": LINES, "picture": PICTURE_OR_NONE}, shows=("code",), buttons=("to_alert",)
    ),
    "alerts/hand_over": Contract(
        {"code": CODE, "tier": TIER, "name_1": SHORT_NAME}
        | {f"name_{n}": SHORT_NAME_OR_NONE for n in range(2, handling.COLLEAGUES_SHOWN_MAX + 1)},
        shows=("code",),
        buttons=(*(f"name_{n}" for n in range(1, handling.COLLEAGUES_SHOWN_MAX + 1)), "more"),
    ),
    "alerts/expect_reason": Contract({"code": CODE, "tier": TIER}, shows=("code",)),
    "alerts/expect_until": Contract(
        {"code": CODE, "tier": TIER, "until_1": DAY}
        | {f"until_{n}": DAY_OR_NONE for n in range(2, handling.SPANS_MAX + 1)},
        shows=("code",),
        buttons=tuple(f"until_{n}" for n in range(1, handling.SPANS_MAX + 1)),
    ),
    "alerts/confirm_baseline": Contract({"code": CODE, "lines": LINES}, shows=("code",), buttons=("sure",)),
    "alerts/expectation": EXPECTATION,
    "rules/*": REPLY,
    **{f"rules/{name}": REPLY for name in (crisis.BUTTON, yearly.WRONG_YEAR)},
    "alerts/test": Contract({"tier": TIER}, shows=("tier",)),
    "alerts/fallback": Contract({"code": CODE}, shows=("code",), buttons=("take",)),
    "alerts/notices/taken_by": Contract({"by": ParamKind("a person's name", ("Dr Ito", "x" * 60))}, plain=True),
    "alerts/notices/has_it": NOTICE,
    "alerts/notices/resolved": NOTICE,
    "alerts/notices/refused": NOTICE,
    "alerts/notices/not_yours": NOTICE,
    "alerts/notices/offered": Contract({"to": ParamKind("a person's name", ("Dr Ito", "x" * 60))}, plain=True),
    "alerts/notices/nobody_else": NOTICE,
    "alerts/notices/not_reachable": NOTICE,
    "alerts/notices/not_expected": NOTICE,
    "alerts/notices/nothing_expected": NOTICE,
    "alerts/notices/expected_ended": NOTICE,
    **{f"alerts/tiers/{tier}": WORD for tier in Tier},
    "alerts/concerns/*": WORD,
    "alerts/outcomes/*": WORD,
    f"alerts/outcomes/{EXPECTED}": WORD,
    "alerts/reasons/*": WORD,
}
