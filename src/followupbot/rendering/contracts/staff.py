"""Staff's day: rota, reach, lists, reviews, digest."""

from followupbot.domain.clinic import Want
from followupbot.domain.lists import KINDS as LISTS
from followupbot.domain.review import READ, REPLIES
from followupbot.rendering.contracts.terms import NOTICE, REPLY, WORD, Contract
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
    LIST,
    NAME,
    NAME_OR_NONE,
    OTHERS_OR_NONE,
    ROLE,
    ROLE_OR_NONE,
    SHORT_TEXT,
    SHORT_TEXT_OR_NONE,
    STAFF_COMMAND,
    TEXT,
    TIER,
    TRUTH,
    ParamKind,
)

CONTRACTS: dict[str, Contract] = {
    "staff/may_have_written": Contract(
        {
            "since": INSTANT,
            "until": INSTANT,
            "codes": ParamKind("patients' codes", ("", "7F3K2", "7F3K2, 8WQ2P")),
            "more": ParamKind("a count", (0, 1, 12)),
        },
        shows=("codes",),
    ),
    "staff/welcome": Contract({"name": NAME, "role": ROLE, "paged": TRUTH}, shows=("name",)),
    "staff/not_understood": REPLY,
    "staff/rota": Contract({"lines": LINES, "until": SHORT_TEXT}, shows=("until",)),
    "staff/rota_week": Contract({"first": DAY, "last": DAY, "names": SHORT_TEXT_OR_NONE}),
    "staff/rota_none": REPLY,
    "staff/rota_away": Contract({"name": NAME, "first": DAY, "last": DAY, "cover": NAME_OR_NONE}, shows=("name",)),
    "staff/rota_gap": Contract({"role": ROLE_OR_NONE, "first": DAY, "last": DAY_OR_NONE}),
    "staff/rota_ask": Contract({"names": SHORT_TEXT_OR_NONE}),
    "staff/away_set": Contract(
        {"name": NAME, "first": DAY, "last": DAY, "cover": NAME_OR_NONE, "gap": TRUTH}, shows=("name",)
    ),
    "staff/you_are_away": Contract({"first": DAY, "last": DAY, "cover": NAME_OR_NONE}),
    "staff/you_cover": Contract({"name": NAME, "first": DAY, "last": DAY}, shows=("name",)),
    **{f"staff/away_{why}": Contract({"names": SHORT_TEXT_OR_NONE}) for why in ("too_long", "name", "cover")},
    "staff/away_dates": Contract(
        {"first": SHORT_TEXT, "until": SHORT_TEXT, "names": SHORT_TEXT_OR_NONE}, shows=("first", "until")
    ),
    "staff/back_set": Contract({"name": NAME}, shows=("name",)),
    "staff/back_nothing": REPLY,
    "staff/handover_ask": Contract({"names": SHORT_TEXT_OR_NONE}),
    "staff/handover_asked": Contract({"name": NAME, "count": COUNT}, shows=("name",)),
    "staff/handover_nothing": REPLY,
    "staff/blocked": Contract({"name": NAME, "role": ROLE}, shows=("name", "role")),
    "staff/unblocked": Contract({"name": NAME, "role": ROLE}, shows=("name", "role")),
    "staff/reach": Contract({"role": ROLE}, shows=("role",), buttons=("here",)),
    "staff/reach_group": Contract({"role": ROLE}, shows=("role",), buttons=("here",)),
    **{f"staff/unready_{want}": Contract({"role": ROLE}, shows=("role",)) for want in Want},
    "staff/group_lost": Contract({"role": ROLE}, shows=("role",)),
    "staff/group_ask": Contract({"steps": SHORT_TEXT}, shows=("steps",)),
    "staff/group_unbound": REPLY,
    "staff/notices/reached": NOTICE,
    "staff/notices/not_for_you": NOTICE,
    "staff/unknown_command": REPLY,
    "staff/not_for_this_role": REPLY,
    "staff/alerts": Contract({"lines": LINES, "more": COUNT_OR_ZERO, "buttons": TRUTH}, buttons=("more",)),
    "staff/alerts_none": REPLY,
    "staff/alert_line": Contract(
        {
            "number": COUNT,
            "code": CODE,
            "tier": TIER,
            "concern": CONCERN_OR_NONE,
            "others": OTHERS_OR_NONE,
            "since": INSTANT,
            "due": INSTANT,
            "late": TRUTH,
            "by": NAME_OR_NONE,
        },
        shows=("number", "code", "tier"),
    ),
    "staff/lists": Contract({"lines": LINES}, buttons=("review",)),
    "staff/lists_none": REPLY,
    "staff/lists_heading": Contract({"list": LIST, "count": COUNT}, shows=("list", "count")),
    "staff/lists_line": Contract({"code": CODE, "since": DAY, "until": DAY_OR_NONE}, shows=("code",)),
    "staff/lists_more": Contract({"more": COUNT}, shows=("more",)),
    **{f"staff/lists_unready/{want}": Contract({"role": ROLE}, shows=("role",)) for want in Want},
    "staff/lists_gap": Contract({"role": ROLE_OR_NONE, "first": DAY, "last": DAY_OR_NONE}),
    **{f"staff/lists/{kind}": WORD for kind in LISTS},
    "staff/reviews": Contract({"lines": LINES, "more": COUNT_OR_ZERO}, buttons=None),
    "staff/reviews_none": REPLY,
    "staff/review_line": Contract(
        {"number": COUNT, "code": CODE, "since": INSTANT, "held": TRUTH}, shows=("number", "code")
    ),
    "staff/review": Contract(
        {"code": CODE, "lines": LINES, "more": COUNT_OR_ZERO, "held": TRUTH, "by": INSTANT_OR_NONE, "late": TRUTH},
        shows=("code",),
        buttons=(READ, *REPLIES),
    ),
    "staff/review_text": Contract({"text": TEXT, "cut": TRUTH, "helper": SHORT_TEXT_OR_NONE}, shows=("text",)),
    "staff/review_nothing": Contract({"code": CODE}, shows=("code",)),
    "staff/review_closed": Contract({"code": CODE, "replied": TRUTH}, shows=("code",)),
    "staff/digest_expected": Contract({"lines": LINES, "more": COUNT_OR_ZERO}, buttons=("list",)),
    "staff/expected_of": Contract({"code": CODE}, shows=("code",)),
    "staff/digest": Contract(
        {
            "day": DAY,
            "clear": TRUTH,
            "alerts": LINES_OR_NONE,
            "more": COUNT_OR_ZERO,
            "lists": LINES_OR_NONE,
            "unapproved": SHORT_TEXT_OR_NONE,
        },
        shows=("clinic.name",),
        buttons=("alerts", "list", "review"),
    ),
    **{
        f"staff/{name}": Contract({"code": CODE, "lines": LINES_OR_NONE}, shows=("code",), buttons=buttons)
        for name, buttons in (("schedule", ()), ("schedule_preview", ("yes",)), ("schedule_changed", ()))
    },
    "staff/help": Contract({"lines": LINES, "paged": TRUTH}, shows=("clinic.name",)),
    "staff/help_line": Contract({"command": SHORT_TEXT, "does": STAFF_COMMAND}, shows=("command", "does")),
}
