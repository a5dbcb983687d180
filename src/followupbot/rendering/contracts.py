"""What each message is given, what it must show, and samples of it all, so that every message can be tried."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from followupbot.domain import crisis, handling, troubles, yearly
from followupbot.domain.alerts import EXPECTED
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.carer_state import CARERS_MAX
from followupbot.domain.clinic import Role, Want
from followupbot.domain.enrolment_state import HALT_REASONS, STANDINGS
from followupbot.domain.households import PATIENTS_MAX
from followupbot.domain.ids import QuestionId
from followupbot.domain.lists import KINDS as LISTS
from followupbot.domain.manual import COMMANDS
from followupbot.domain.offers import CRISIS_CARD
from followupbot.domain.params import Param, Words
from followupbot.domain.plan_changes import PROBLEMS
from followupbot.domain.questions import Datum
from followupbot.domain.review import READ, REPLIES
from followupbot.domain.rules import Rule, said_names
from followupbot.domain.screens import DRINKS, RED_FLAG_ANSWERS, ZONES
from followupbot.domain.staff_manual import INVITE_PROBLEMS, STAFF_COMMANDS, STAFF_STATES
from followupbot.domain.standing import REFUSALS, STATUSES
from followupbot.domain.tiers import Tier
from followupbot.rendering.param_kinds import (
    ANSWER,
    ANSWER_OR_NONE,
    CODE,
    CONCERN,
    CONCERN_OR_NONE,
    CONCERNS,
    COUNT,
    DAY,
    DAY_OR_NONE,
    DETAIL,
    DETAIL_OR_EMPTY,
    FILE,
    HALT_REASON,
    INITIALS,
    INITIALS_OR_NONE,
    INSTANT,
    INSTANT_OR_NONE,
    INVITE_PROBLEM,
    LINES,
    LINES_OR_NONE,
    LIST,
    MINUTES,
    NAME,
    NAME_OR_NONE,
    NUMBER_OR_NONE,
    OUTCOME,
    PAGES,
    PICTURE_OR_NONE,
    REASON_OR_NONE,
    RECORDED_TIER,
    ROLE,
    ROLE_OR_NONE,
    SAID,
    SAID_OR_NONE,
    SCHEDULE_PROBLEM,
    SENT_TEXT,
    SHORT_NAME,
    SHORT_NAME_OR_NONE,
    SHORT_TEXT,
    SHORT_TEXT_OR_NONE,
    STAFF_COMMAND,
    STAFF_STATE,
    STANDING,
    STATUS,
    STATUS_REFUSAL,
    SURGERY_DATE,
    TEXT,
    TIER,
    TITLE,
    TROUBLE,
    TRUTH,
    TRUTH_OR_NONE,
    WORKING_DAYS_OR_NONE,
    YEARS,
    YEARS_OR_NONE,
    ParamKind,
)

NOTICE_LENGTH_MAX = 200
"""Telegram's limit for the line above the chat."""

BRANCHES_MAX = 5
"""Of what a template may branch on, every combination of so many is tried."""

SAID_SAMPLES_MAX = 12
"""Of an answer that may be any number, so many are enough to try words with."""


EMERGENCY_NUMBER = "clinic.emergency_number"
CRISIS_LINE = "clinic.crisis_line"

ABROAD = "112"
"""Each card names it: patients travel (clinical.md 0.16)."""


@dataclass(frozen=True)
class Contract:
    """What one message, or every message of a folder, is given and must show.

    `shows` names what every rendering must contain where the clinic has it, `opens` which of these its first line must
    contain, `says` words that it must contain in every language. `buttons` are those that it must have; None: a
    protocol says which, or the languages that there are. `plain`: one line of at most 200 letters without mark-up;
    `pressed`: it stands on a button. `sourced`: it says where its facts come from.
    """

    params: Mapping[str, ParamKind] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    buttons: tuple[str, ...] | None = ()
    plain: bool = False
    pressed: bool = False
    sourced: bool = False
    says: tuple[str, ...] = ()
    opens: str | None = None

    def samples(self) -> Iterator[dict[str, Param]]:
        """Parameters to try it with: every combination of what a template may branch on, and each sample.

        The samples all come where everything is there and where nothing is, and in turn in between: each with each
        combination would be hundreds for one message, and `check` is to take no longer than two seconds.
        """
        rows = max((len(kind.samples) for kind in self.params.values()), default=1)
        for turn, choices in enumerate(_choices([name for name, kind in self.params.items() if _branches(kind)])):
            mixed = len({*choices.values()}) > 1
            for row in (turn % rows,) if mixed else range(rows):
                chosen: dict[str, Param] = {}
                for name, kind in self.params.items():
                    samples = kind.samples
                    if name in choices:
                        samples = samples[1:] if choices[name] else samples[:1]
                        if mixed and choices[name]:  # a no, or a 0, is tried where all is there
                            samples = tuple(sample for sample in samples if sample) or samples
                    chosen[name] = samples[row % len(samples)]
                yield chosen


def _branches(kind: ParamKind) -> bool:
    """Whether a template is likely to choose by it: it may be none, or it is true or false."""
    return kind.samples[0] is None or isinstance(kind.samples[0], bool)


def _choices(names: Sequence[str]) -> Iterator[Mapping[str, bool]]:
    """Every combination; of many names all, none, and each one alone on either side, or `check` would take for ever."""
    if len(names) <= BRANCHES_MAX:
        yield from (dict(zip(names, chosen, strict=True)) for chosen in product((False, True), repeat=len(names)))
        return
    for there in (False, True):
        yield dict.fromkeys(names, there)
        for name in names:
            yield {**dict.fromkeys(names, there), name: not there}


_NOTICE = Contract(plain=True)
_REPLY = Contract()
_WORD = Contract(plain=True)
_BUTTON = Contract(plain=True, pressed=True)
_CARD = Contract(
    {"recorded": TRUTH, "reached": TRUTH}, shows=(EMERGENCY_NUMBER,), says=(ABROAD,), opens=EMERGENCY_NUMBER
)

_HOW_SOON = {"due": INSTANT, "days": WORKING_DAYS_OR_NONE}
_EXPECTATION = Contract(
    {
        "concern": CONCERN,
        "reason": REASON_OR_NONE,
        "until": INSTANT,
        "by": NAME,
        "held": ParamKind("how often it was held back", (0, 1, 5)),
    },
    shows=("by",),
)
_HANDLING = ("details", "hand_over", "expect")

CONTRACTS: dict[str, Contract] = {
    # patients: enrolment
    "consent/read_1": Contract({"years": YEARS}, shows=("years", "clinic.name"), buttons=("next",)),
    "consent/read_2": Contract(shows=(EMERGENCY_NUMBER,), buttons=("next",)),
    "consent/ask": Contract(shows=("clinic.name",), buttons=("agree", "decline")),
    "consent/by_phone": Contract({"years": YEARS}, shows=("years", "clinic.name", EMERGENCY_NUMBER)),
    "consent/yearly_born": _REPLY,
    "consent/yearly": Contract(shows=("clinic.name",), buttons=("go_on", "stop")),
    "consent/changed": Contract(
        {"years": YEARS}, shows=("years", "clinic.name", EMERGENCY_NUMBER), buttons=("go_on", "stop")
    ),
    "consent/yearly_thanks": _REPLY,
    "consent/yearly_not_you": Contract(shows=(EMERGENCY_NUMBER,)),
    # those who help
    "carers/explained": Contract(
        {
            "refused": TRUTH,
            "initials": INITIALS_OR_NONE,
            **{f"number_{place}": NUMBER_OR_NONE for place in range(1, CARERS_MAX + 1)},
        },
        buttons=("invite", *(f"remove_{place}" for place in range(1, CARERS_MAX + 1))),
    ),
    "carers/invited": _REPLY,
    "carers/link": Contract(
        {"initials": INITIALS, "link": SHORT_TEXT, "until": INSTANT}, shows=("initials", "link", "clinic.name")
    ),
    "carers/ask": Contract(
        {"initials": INITIALS}, shows=("initials", "clinic.name", EMERGENCY_NUMBER), buttons=("agree", "decline")
    ),
    "carers/welcome": Contract({"initials": INITIALS}, shows=("initials", EMERGENCY_NUMBER)),
    "carers/left": Contract({"initials": INITIALS}, shows=("initials", EMERGENCY_NUMBER)),
    "carers/not_yours": Contract({"initials": INITIALS}, shows=("initials", EMERGENCY_NUMBER)),
    "carers/joined": Contract({"number": COUNT}, shows=("number",), buttons=("remove",)),
    "carers/one_less": Contract({"number": COUNT}, shows=("number",)),
    "consent/declined": _REPLY,
    "consent/born": _REPLY,
    "consent/locked": _REPLY,
    "enrolment/link_refused": _REPLY,
    "enrolment/plan": Contract(
        {"here": INSTANT, "zone": ParamKind("a time zone", ("Europe/London",)), "ask_at": SHORT_TEXT},
        shows=("zone", "ask_at"),
        buttons=("right", "language", "zone", "hour"),
    ),
    "enrolment/plan_language": Contract(buttons=None),
    "enrolment/plan_zone": Contract(buttons=tuple(ZONES)),
    "enrolment/plan_hour": _REPLY,
    "enrolment/teach_back": Contract(buttons=RED_FLAG_ANSWERS),
    "enrolment/teach_back_again": Contract(shows=(EMERGENCY_NUMBER,), buttons=RED_FLAG_ANSWERS),
    "enrolment/practice": Contract(shows=(EMERGENCY_NUMBER,), buttons=DRINKS),
    "enrolment/welcome": Contract({"ask_at": SHORT_TEXT}, shows=("ask_at",)),
    "enrolment/surgery_ahead": Contract({"surgery_on": SURGERY_DATE}, shows=("surgery_on",)),
    "enrolment/connected_again": _REPLY,
    # patients: check-ins
    "check_ins/ready": Contract({"minutes": MINUTES}, shows=("minutes", "clinic.name"), buttons=("start",)),
    "check_ins/reminder": Contract(
        {"begun": TRUTH, "minutes": MINUTES, "until": INSTANT}, shows=("clinic.name",), buttons=("start",)
    ),
    "check_ins/over": Contract(shows=(EMERGENCY_NUMBER,)),
    "check_ins/by_phone": Contract(shows=("clinic.name", EMERGENCY_NUMBER)),
    "check_ins/rest_is_private": Contract(shows=(EMERGENCY_NUMBER,)),
    "check_ins/later": Contract({"until": INSTANT}, shows=(EMERGENCY_NUMBER,), buttons=("start",)),
    "check_ins/said": Contract({"said": SAID}, buttons=("change",)),
    "check_ins/done/emergency": Contract(shows=(EMERGENCY_NUMBER,)),
    "check_ins/done/no_flag": _REPLY,
    "check_ins/done/record": _REPLY,
    "check_ins/done/routine": _REPLY,
    "check_ins/done/this_week": Contract({"due": INSTANT}),
    "check_ins/done/same_day": Contract(
        {"due": INSTANT, "reached": TRUTH, "told_now": TRUTH}, shows=(EMERGENCY_NUMBER,)
    ),
    "questions/*": Contract({"number": COUNT, "of": COUNT, "first": TRUTH, "since": DAY_OR_NONE}, buttons=None),
    "education/*": Contract(sourced=True),
    "education_sources/*": _REPLY,
    "cards/fallback": Contract(shows=(EMERGENCY_NUMBER,), says=(ABROAD,), opens=EMERGENCY_NUMBER),
    "cards/*": _CARD,
    # Of a crisis without a ladder of its own nobody is told at once, which is no failure to reach them (0.14): none.
    f"cards/{CRISIS_CARD}": replace(
        _CARD, params={"recorded": TRUTH, "reached": TRUTH_OR_NONE}, shows=(EMERGENCY_NUMBER, CRISIS_LINE)
    ),
    # patients: replies
    "replies/note_received": Contract({"opens": INSTANT_OR_NONE}, shows=(EMERGENCY_NUMBER,)),
    "replies/still_urgent": Contract(shows=(EMERGENCY_NUMBER,)),
    "replies/gate_offered": Contract({"opens": INSTANT_OR_NONE}, shows=(EMERGENCY_NUMBER,)),
    "replies/crisis_words": Contract({"opens": INSTANT_OR_NONE}, shows=(EMERGENCY_NUMBER,)),
    "replies/crisis_seen_by": Contract({"due": INSTANT}, shows=(EMERGENCY_NUMBER,)),
    "replies/read_by_people": _REPLY,
    "replies/getting_help": Contract(shows=(EMERGENCY_NUMBER,), buttons=("yes", "not_yet")),
    "replies/help_is_there": Contract(shows=(EMERGENCY_NUMBER,)),
    "replies/interrupted": Contract({"since": INSTANT, "until": INSTANT}, shows=(EMERGENCY_NUMBER,)),
    "staff/may_have_written": Contract(
        {
            "since": INSTANT,
            "until": INSTANT,
            "codes": ParamKind("patients' codes", ("", "7F3K2", "7F3K2, 8WQ2P")),
            "more": ParamKind("a count", (0, 1, 12)),
        },
        shows=("codes",),
    ),
    "replies/urgent": Contract(shows=(EMERGENCY_NUMBER,), says=(ABROAD,)),
    "replies/learn": _REPLY,
    "replies/first_help": Contract(shows=(EMERGENCY_NUMBER,)),
    "replies/which_patient": Contract(
        {"urgent": TRUTH, **{f"person_{place}": INITIALS_OR_NONE for place in range(1, PATIENTS_MAX + 1)}},
        shows=(EMERGENCY_NUMBER,),
        buttons=tuple(f"person_{place}" for place in range(1, PATIENTS_MAX + 1)),
    ),
    "replies/nothing_open": _REPLY,
    "replies/stopped": Contract({"alert": TRUTH}, shows=(EMERGENCY_NUMBER,), buttons=("resume",)),
    "replies/paused": Contract({"alert": TRUTH, "until": DAY}, shows=(EMERGENCY_NUMBER,), buttons=("resume",)),
    "replies/pause_ask": Contract(
        {"refused": TRUTH, "weeks_max": COUNT}, shows=("weeks_max",), buttons=("for_1w", "for_2w", "for_4w", "for_3m")
    ),
    "replies/resumed": _REPLY,
    "replies/halted": Contract({"alert": TRUTH}, shows=(EMERGENCY_NUMBER,)),
    "replies/following": _REPLY,
    "replies/deletion_requested": Contract({"alert": TRUTH, "due": DAY}, shows=(EMERGENCY_NUMBER,)),
    "replies/deletion_called_off": Contract(shows=(EMERGENCY_NUMBER,)),
    "replies/time_ask": Contract({"refused": TRUTH, "ask_at": SHORT_TEXT}, shows=("ask_at",)),
    "replies/time_set": Contract({"ask_at": SHORT_TEXT}, shows=("ask_at",)),
    "replies/zone_ask": Contract({"refused": TRUTH, "here": INSTANT}, buttons=tuple(ZONES)),
    "replies/zone_near": Contract(
        {"near_1": SHORT_TEXT, "near_2": SHORT_TEXT_OR_NONE, "near_3": SHORT_TEXT_OR_NONE},
        buttons=("near_1", "near_2", "near_3"),
    ),
    "replies/zone_set": Contract({"here": INSTANT, "until": DAY_OR_NONE}),
    "replies/language_ask": Contract(buttons=None),
    "replies/language_set": _REPLY,
    "replies/progress": Contract({"lines": LINES, "picture": PICTURE_OR_NONE}),
    "replies/progress_none": _REPLY,
    "replies/progress_later": Contract(shows=(EMERGENCY_NUMBER,)),
    "replies/my_data": Contract({"file": FILE}),
    "replies/my_data_for_machines": Contract({"file": FILE}),
    "replies/privacy": Contract(shows=("clinic.name",)),
    "replies/help": Contract(shows=(EMERGENCY_NUMBER,)),
    "replies/unknown_command": Contract(shows=(EMERGENCY_NUMBER,)),
    "replies/rejected/not_a_number": _REPLY,
    "replies/rejected/one_number": _REPLY,
    "replies/rejected/outside_scale": _REPLY,
    "replies/rejected/outside_range": _REPLY,
    "replies/rejected/not_a_date": _REPLY,
    "replies/rejected/date_ahead": _REPLY,
    "replies/rejected/not_text": _REPLY,
    "replies/rejected/not_a_choice": _REPLY,
    "replies/rejected/gate_needs_a_button": Contract(shows=(EMERGENCY_NUMBER,)),
    "replies/rejected/birth_year": Contract({"left": COUNT}, shows=("left",)),
    "replies/not_reached/emergency": Contract(shows=(EMERGENCY_NUMBER,), says=(ABROAD,), opens=EMERGENCY_NUMBER),
    "replies/not_reached/same_day": Contract(shows=(EMERGENCY_NUMBER,)),
    "replies/seen/emergency": Contract({"role": ROLE}, shows=(EMERGENCY_NUMBER,)),
    "replies/seen/same_day": Contract({"role": ROLE}, shows=(EMERGENCY_NUMBER,)),
    "replies/seen/this_week": Contract({"role": ROLE}),
    "replies/seen/routine": Contract({"role": ROLE}),
    "replies/notices/saved": _NOTICE,
    "replies/notices/already_answered": _NOTICE,
    "replies/notices/over": _NOTICE,
    # the patient's own record
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
    **{f"record/halts/{reason}": _WORD for reason in HALT_REASONS},
    "record/operation": Contract({"at": INSTANT, "surgery_on": SURGERY_DATE}, shows=("surgery_on",)),
    **{f"record/{name}": Contract({"at": INSTANT, "on": DAY}) for name in ("day_added", "day_cancelled")},
    "record/travel": Contract({"at": INSTANT, "zone": SHORT_TEXT, "until": INSTANT}, shows=("zone",)),
    "record/plan_changed": Contract({"at": INSTANT, "zone": SHORT_TEXT, "ask_at": SHORT_TEXT}, shows=("zone",)),
    **{f"record/tiers/{tier}": _WORD for tier in Tier},
    # staff
    "staff/welcome": Contract({"name": NAME, "role": ROLE, "paged": TRUTH}, shows=("name",)),
    "staff/not_understood": _REPLY,
    "staff/rota": Contract({"lines": LINES}),
    "staff/rota_week": Contract({"first": DAY, "last": DAY, "names": SHORT_TEXT_OR_NONE}),
    "staff/rota_none": _REPLY,
    "staff/rota_away": Contract({"name": NAME, "first": DAY, "last": DAY, "cover": NAME_OR_NONE}, shows=("name",)),
    "staff/rota_gap": Contract({"role": ROLE_OR_NONE, "first": DAY, "last": DAY_OR_NONE}),
    "staff/rota_ask": Contract({"names": SHORT_TEXT_OR_NONE}),
    "staff/away_set": Contract(
        {"name": NAME, "first": DAY, "last": DAY, "cover": NAME_OR_NONE, "gap": TRUTH}, shows=("name",)
    ),
    "staff/you_are_away": Contract({"first": DAY, "last": DAY, "cover": NAME_OR_NONE}),
    "staff/you_cover": Contract({"name": NAME, "first": DAY, "last": DAY}, shows=("name",)),
    **{f"staff/away_{why}": Contract({"names": SHORT_TEXT_OR_NONE}) for why in ("dates", "too_long", "name", "cover")},
    "staff/back_set": Contract({"name": NAME}, shows=("name",)),
    "staff/back_nothing": _REPLY,
    "staff/handover_ask": Contract({"names": SHORT_TEXT_OR_NONE}),
    "staff/handover_asked": Contract({"name": NAME, "count": COUNT}, shows=("name",)),
    "staff/handover_nothing": _REPLY,
    "staff/blocked": Contract({"name": NAME, "role": ROLE}, shows=("name", "role")),
    "staff/unblocked": Contract({"name": NAME, "role": ROLE}, shows=("name", "role")),
    "staff/reach": Contract({"role": ROLE}, shows=("role",), buttons=("here",)),
    "staff/reach_group": Contract({"role": ROLE}, shows=("role",), buttons=("here",)),
    **{f"staff/unready_{want}": Contract({"role": ROLE}, shows=("role",)) for want in Want},
    "staff/group_lost": Contract({"role": ROLE}, shows=("role",)),
    "staff/group_ask": Contract({"steps": SHORT_TEXT}, shows=("steps",)),
    "staff/group_unbound": _REPLY,
    "staff/notices/reached": _NOTICE,
    "staff/notices/not_for_you": _NOTICE,
    "staff/unknown_command": _REPLY,
    "staff/not_for_this_role": _REPLY,
    "staff/alerts": Contract({"lines": LINES, "more": PAGES, "buttons": TRUTH}, buttons=None),
    "staff/alerts_none": _REPLY,
    "staff/alert_line": Contract(
        {
            "number": COUNT,
            "code": CODE,
            "tier": TIER,
            "raised": INSTANT,
            "due": INSTANT,
            "late": TRUTH,
            "by": NAME_OR_NONE,
        },
        shows=("number", "code", "tier"),
    ),
    "staff/lists": Contract({"lines": LINES}, buttons=("review",)),
    "staff/lists_none": _REPLY,
    "staff/lists_heading": Contract({"list": LIST, "count": COUNT}, shows=("list", "count")),
    "staff/lists_line": Contract({"code": CODE, "since": DAY, "until": DAY_OR_NONE}, shows=("code",)),
    "staff/lists_more": Contract({"more": COUNT}, shows=("more",)),
    **{f"staff/lists_unready/{want}": Contract({"role": ROLE}, shows=("role",)) for want in Want},
    "staff/lists_gap": Contract({"role": ROLE_OR_NONE, "first": DAY, "last": DAY_OR_NONE}),
    **{f"staff/lists/{kind}": _WORD for kind in LISTS},
    "staff/reviews": Contract({"lines": LINES, "more": PAGES}, buttons=None),
    "staff/reviews_none": _REPLY,
    "staff/review_line": Contract(
        {"number": COUNT, "code": CODE, "since": INSTANT, "held": TRUTH}, shows=("number", "code")
    ),
    "staff/review": Contract(
        {"code": CODE, "lines": LINES, "more": PAGES, "held": TRUTH, "by": INSTANT_OR_NONE},
        shows=("code",),
        buttons=(READ, *REPLIES),
    ),
    "staff/review_text": Contract({"text": TEXT, "cut": TRUTH, "helper": SHORT_TEXT_OR_NONE}, shows=("text",)),
    "staff/review_nothing": Contract({"code": CODE}, shows=("code",)),
    "staff/review_closed": Contract({"code": CODE, "replied": TRUTH}, shows=("code",)),
    **{f"replies/staff/{reply}": Contract(shows=(EMERGENCY_NUMBER,)) for reply in REPLIES},
    "staff/digest": Contract(
        {
            "day": DAY,
            "clear": TRUTH,
            "alerts": LINES_OR_NONE,
            "more": PAGES,
            "lists": LINES_OR_NONE,
            "unapproved": SHORT_TEXT_OR_NONE,
        },
        shows=("clinic.name",),
        buttons=("alerts", "list", "review"),
    ),
    "staff/admin/invite_how": _REPLY,
    "staff/admin/invite_problem": Contract({"problem": INVITE_PROBLEM}, shows=("problem",)),
    **{f"staff/admin/invite_problems/{problem}": _WORD for problem in INVITE_PROBLEMS},
    "staff/admin/invited_patient": Contract(
        {"code": CODE, "link": SHORT_TEXT, "until": INSTANT}, shows=("code", "link")
    ),
    "staff/admin/invited_staff": Contract(
        {"name": NAME, "role": ROLE, "link": SHORT_TEXT, "until": INSTANT}, shows=("name", "link")
    ),
    "staff/admin/staff": Contract({"lines": LINES}),
    "staff/admin/staff_line": Contract(
        {"name": NAME, "role": ROLE, "state": STAFF_STATE, "verified": DAY_OR_NONE}, shows=("name", "state")
    ),
    "staff/admin/group_line": Contract({"role": ROLE, "verified": DAY_OR_NONE}, shows=("role",)),
    **{f"staff/admin/states/{state}": _WORD for state in STAFF_STATES},
    "staff/admin/removed": Contract({"name": NAME}, shows=("name",)),
    "staff/admin/nobody_called": _REPLY,
    "staff/admin/status": Contract(
        {
            "lines": LINES,
            "alerts": PAGES,
            "late": PAGES,
            "lists": PAGES,
            "rota": LINES_OR_NONE,
            "unapproved": SHORT_TEXT_OR_NONE,
        }
    ),
    "staff/admin/status_line": Contract({"standing": STANDING, "count": COUNT}, shows=("standing", "count")),
    "staff/schedule_how": _REPLY,
    **{
        f"staff/{name}": Contract({"code": CODE, "lines": LINES_OR_NONE}, shows=("code",), buttons=buttons)
        for name, buttons in (("schedule", ()), ("schedule_preview", ("yes",)), ("schedule_changed", ()))
    },
    "staff/schedule_line": Contract({"at": INSTANT, "questions": COUNT, "new": TRUTH, "gone": TRUTH}),
    "staff/schedule_problem": Contract({"code": CODE, "why": SCHEDULE_PROBLEM}, shows=("code", "why")),
    **{f"staff/schedule_problems/{problem}": _WORD for problem in PROBLEMS},
    "staff/which_patient": _REPLY,
    "staff/no_such_patient": _REPLY,
    "staff/patient": Contract({"code": CODE, "lines": LINES}, shows=("code",), buttons=("take", "end")),
    "staff/patient_lines": Contract({"lines": LINES}),
    "staff/patient/standing": Contract({"standing": STANDING}, shows=("standing",)),
    "staff/patient/surgery": Contract(
        {"surgery_on": SURGERY_DATE, "operated": TRUTH, "years": YEARS_OR_NONE}, shows=("surgery_on",)
    ),
    "staff/patient/clock": Contract({"here": INSTANT, "zone": SHORT_TEXT, "ask_at": SHORT_TEXT}, shows=("zone",)),
    "staff/patient/alert": Contract(
        {"tier": TIER, "raised": INSTANT, "due": INSTANT, "by": NAME_OR_NONE}, shows=("tier",)
    ),
    "staff/patient/expected": _EXPECTATION,
    "staff/patient/baseline": Contract({"concern": CONCERN_OR_NONE, "by": NAME, "at": INSTANT}, shows=("by",)),
    "staff/patient/unread": Contract({"count": COUNT, "by": INSTANT_OR_NONE}, shows=("count",)),
    "staff/patient/open": Contract({"asked": INSTANT, "until": INSTANT, "begun": TRUTH}),
    "staff/patient/heard": Contract({"heard": DAY_OR_NONE, "misses": PAGES}),
    "staff/patient/helper_blocked": Contract({"number": COUNT}, shows=("number",)),
    "staff/patient/next": Contract({"at": INSTANT_OR_NONE}),
    **{f"staff/standings/{standing}": _WORD for standing in STANDINGS},
    "staff/glass_broken": Contract({"code": CODE, "name": NAME}, shows=("code", "name")),
    "staff/status_recorded": Contract(
        {"code": CODE, "status": STATUS, "alert": TRUTH, "undo": TRUTH}, shows=("code", "status")
    ),
    **{f"staff/statuses/{status}": _WORD for status in STATUSES},
    "staff/status_refused": Contract({"code": CODE, "why": STATUS_REFUSAL}, shows=("code", "why")),
    **{f"staff/status_refusals/{refusal}": _WORD for refusal in REFUSALS},
    "staff/help": Contract({"lines": LINES, "paged": TRUTH}, shows=("clinic.name",)),
    "staff/help_line": Contract({"command": SHORT_TEXT, "does": STAFF_COMMAND}, shows=("command", "does")),
    "alerts/new": Contract(
        {
            "code": CODE,
            "tier": TIER,
            "concern": CONCERN_OR_NONE,
            "years": YEARS_OR_NONE,
            **_HOW_SOON,
            "reported": INSTANT_OR_NONE,
            "again": PAGES,
        },
        shows=("code", "tier"),
        buttons=("take",),
    ),
    "alerts/offer": Contract(
        {
            "code": CODE,
            "tier": TIER,
            "concern": CONCERN_OR_NONE,
            "years": YEARS_OR_NONE,
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
            "years": YEARS_OR_NONE,
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
    "alerts/expectation": _EXPECTATION,
    "alerts/expected_review": Contract({"code": CODE, "lines": LINES}, shows=("code",), buttons=("end",)),
    "rules/*": _REPLY,
    **{f"rules/{name}": _REPLY for name in (crisis.BUTTON, yearly.WRONG_YEAR)},
    "alerts/test": Contract({"tier": TIER}, shows=("tier",)),
    "alerts/fallback": Contract({"code": CODE}, shows=("code",), buttons=("take",)),
    "alerts/notices/taken_by": Contract({"by": ParamKind("a person's name", ("Dr Ito", "x" * 60))}, plain=True),
    "alerts/notices/has_it": _NOTICE,
    "alerts/notices/resolved": _NOTICE,
    "alerts/notices/refused": _NOTICE,
    "alerts/notices/not_yours": _NOTICE,
    "alerts/notices/offered": Contract({"to": ParamKind("a person's name", ("Dr Ito", "x" * 60))}, plain=True),
    "alerts/notices/nobody_else": _NOTICE,
    "alerts/notices/not_reachable": _NOTICE,
    "alerts/notices/not_expected": _NOTICE,
    "alerts/notices/nothing_expected": _NOTICE,
    "alerts/notices/expected_ended": _NOTICE,
    # the operator
    **{
        f"operator/{notice}": Contract({"detail": DETAIL}, shows=("detail",))
        for notice in (
            "poll_conflict",
            "token_refused",
            "backup_failed",
            "dead_letter",
            "alert_late",
            "update_set_aside",
            "chart_failed",
            "nobody_reachable",
            "unrecorded_emergency",
            "unrecorded_urgent",
            "long_interruption",
            "clock_back",
            "clock_forward",
        )
    },
    **{
        f"operator/{name}": Contract({"what": TROUBLE, "detail": DETAIL_OR_EMPTY}, shows=("what", "detail"))
        for name in ("trouble", "trouble_over")
    },
    # words that stand inside other messages
    **{f"operator/troubles/{key}": _WORD for key in troubles.KEYS},
    **{f"alerts/tiers/{tier}": _WORD for tier in Tier},
    "alerts/concerns/*": _WORD,
    "alerts/outcomes/*": _WORD,
    f"alerts/outcomes/{EXPECTED}": _WORD,
    "alerts/reasons/*": _WORD,
    **{f"roles/{role}": _WORD for role in Role},
    "clinic/emergency_number": _WORD,
    # the menu of slash commands
    **{f"commands/{command}": _WORD for command in COMMANDS},
    **{f"staff_commands/{command}": _WORD for command in STAFF_COMMANDS},
    # buttons that stand under more than one message
    **{f"buttons/{button}": _BUTTON for button in ("back", "check_now", "crisis", "keep", "later", "sources")},
}
"""By key, or by folder where what is in it is named by a protocol: `questions/*`, `cards/*`."""

LANGUAGES_OFFERED = ("enrolment/plan_language", "replies/language_ask")
"""Each has a button for every language that there is."""


def contract(key: str) -> Contract | None:
    """The contract of that message; None where no message of that name is ever sent."""
    return CONTRACTS.get(key) or CONTRACTS.get(f"{key.rpartition('/')[0]}/*")


def gate_contract() -> Contract:
    """What a red-flag screen must show in addition: whom to call, without waiting for an answer (clinical.md 0.4)."""
    return replace(CONTRACTS["questions/*"], shows=(EMERGENCY_NUMBER,))


def rule_contract(protocol: CareProtocol, rule: Rule) -> Contract:
    """What the words of a rule's trace, `rules/<rule>`, are given: what was said, and what it was compared with.

    Each may be none: something need not have been asked. A clinician reads them, so nothing has to be shown.
    """
    return Contract({name: _said(protocol, name) for name in said_names(rule)})


def _said(protocol: CareProtocol, name: str) -> ParamKind:
    if name in {"misses", "silent_days"}:
        return ParamKind("a number, or none", (None, 1, 2, 30))
    question = QuestionId(name.partition("_")[2])
    asked = protocol.asked_as(question)
    values: list[Param] = []
    for value in () if asked is None else asked.question.values(question):
        if len(values) == SAID_SAMPLES_MAX:
            break
        values.append(shown(value))
    what = "a score, or none" if protocol.score(question) else "an answer, or none"
    return ParamKind(what, (None, *(values or (0, 3, 35.5))))


def shown(value: Datum | None) -> Param:
    """An answer as words are given it: of several that were chosen, their names in one text."""
    return ", ".join(value) if isinstance(value, tuple) else value


def fixed_keys() -> tuple[str, ...]:
    """The messages that every language must have, whatever the protocols say."""
    concerns = [f"alerts/concerns/{concern}" for concern in CONCERNS]
    return tuple(sorted([key for key in CONTRACTS if not key.endswith("/*")] + concerns))


def mismatch(key: str, params: Mapping[str, Param]) -> str | None:
    """What is wrong with sending that message with those parameters; None where they keep to its contract."""
    found = contract(key)
    if found is None:
        return f"no message is called {key}"
    missing, unknown = sorted(found.params.keys() - params.keys()), sorted(params.keys() - found.params.keys())
    if missing or unknown:
        return f"{key}: missing {missing}, unknown {unknown}"
    for name, kind in found.params.items():
        value = params[name]
        if not any(type(value) is type(sample) for sample in kind.samples):
            return f"{key}: {name} is {value!r}, expected {kind.what}"
        if isinstance(value, Words) and value.key.rpartition("/")[0] != kind.words_below:
            return f"{key}: {name} is {value.key}, expected {kind.what}"
    return None
