"""The kinds of parameters that messages are given, each with samples from one end to the other."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from followupbot.domain import troubles
from followupbot.domain.care_protocol import OUTCOMES
from followupbot.domain.clinic import Role
from followupbot.domain.enrolment_state import HALT_REASONS, STANDINGS
from followupbot.domain.ids import MessageKey
from followupbot.domain.lists import KINDS as LISTS
from followupbot.domain.params import (
    Day,
    Document,
    Instant,
    Line,
    Lines,
    Markup,
    Param,
    Picture,
    Point,
    Said,
    Summary,
    Title,
    Trend,
    Words,
)
from followupbot.domain.plan_changes import PROBLEMS
from followupbot.domain.staff_manual import INVITE_PROBLEMS, STAFF_COMMANDS, STAFF_STATES
from followupbot.domain.standing import REFUSALS, STATUSES
from followupbot.domain.tiers import Tier

AWKWARD_NAME = "Ana <&\"'> Пётр 👩‍⚕️ مريم " + "x" * 170
"""A name with everything that breaks templates: mark-up, other scripts, an emoji of several parts, 200 letters."""


@dataclass(frozen=True)
class ParamKind:
    """One kind of parameter: what it is called in a problem, and samples from one end to the other."""

    what: str
    samples: tuple[Param, ...]
    words_below: str | None = None
    """For the words of another message: the folder that it is in."""


_INSTANT = Instant(datetime(2026, 3, 16, 17, 0, tzinfo=UTC), "Europe/London")
_NIGHT = Instant(datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "Asia/Kathmandu")

OF_OLD = MessageKey("questions/of_old")
"""A question that an older protocol asked; it has no words any more."""

CODE = ParamKind("a patient's code", ("7F3K9",))
NAME = ParamKind("a person's name", ("Dr Ito", AWKWARD_NAME))
NAME_OR_NONE = ParamKind("a person's name, or none", (None, *NAME.samples))
SHORT_NAME = ParamKind("a person's name as a button shows it", ("Dr Ito", AWKWARD_NAME[:30]))
SHORT_NAME_OR_NONE = ParamKind("the same, or none", (None, *SHORT_NAME.samples))
WORKING_DAYS_OR_NONE = ParamKind("a number of working days, below 0 where it was due, or none", (None, -1, 0, 1, 5))
SHORT_TEXT = ParamKind("short text", ("10:00",))
SHORT_TEXT_OR_NONE = ParamKind("short text, or none", (None, "10:00"))
INITIALS = ParamKind("initials", ("MG", "ÁÑ3Z"))
INITIALS_OR_NONE = ParamKind("initials, or none", (None, "MG"))
DETAIL = ParamKind("ids and numbers", ("7F3K9", "update 123456789, 3 attempts"))
SURGERY_DATE = ParamKind("a date as precise as it is known", ("2026-12-03", "2026-12", "2026"))
COUNT = ParamKind("a number from 1", (1, 2, 20))
MINUTES = ParamKind("a number of minutes from 1", (1, 2, 15))
YEARS = ParamKind("a number of years", (1, 2, 60))
YEARS_OR_NONE = ParamKind("a number of years, or none", (None, 0, 1, 12))
COUNT_OR_ZERO = ParamKind("a number from 0", (0, 1, 2, 30))
TRUTH = ParamKind("true or false", (False, True))
TRUTH_OR_NONE = ParamKind("true, false or none", (None, True, False))
INSTANT = ParamKind("a time", (_INSTANT, _NIGHT))
INSTANT_OR_NONE = ParamKind("a time, or none", (None, *INSTANT.samples))
SAID = ParamKind("what was said to each question", (Summary(()),))
SAID_OR_NONE = ParamKind("what was said to each question, or none", (None, *SAID.samples))
TITLE = ParamKind("the title of a question", (Title(OF_OLD),))
ANSWER = ParamKind("what was said", (Said(OF_OLD, ("yes",)), Said(OF_OLD, (), 10)))
ANSWER_OR_NONE = ParamKind("what was said, or none", (None, *ANSWER.samples))
_LINE = Line(MessageKey("staff/lists_unready/nobody"), {"role": "lead"})
LINES_OR_NONE = ParamKind("lines, each in its own words, or none", (None, Lines((_LINE,))))
LINES = ParamKind("lines, each in its own words", (Lines(()),))
PICTURE_OR_NONE = ParamKind("a picture, or none", (None, Picture((Trend((Point(date(2026, 3, 1), 5),)),))))
DETAIL_OR_EMPTY = ParamKind("ids and names of ours, or nothing", ("", "sender"))
NUMBER_OR_NONE = ParamKind("a number from 1, or none", (None, 1, 4))
FILE = ParamKind("a file", (Document("a.txt", Lines(())),))
SENT_TEXT = ParamKind("the words of a message", (Markup("<b>A&amp;E</b>"),))
TEXT = ParamKind("text that somebody wrote", ("I walked to the shop.", AWKWARD_NAME))
DAY = ParamKind("a date", (Day(date(2026, 3, 1)),))
DAY_OR_NONE = ParamKind("a date, or none", (None, Day(date(2026, 3, 1))))


def _words(folder: str, names: tuple[str, ...], optional: bool = False) -> ParamKind:
    samples = tuple(Words(MessageKey(f"{folder}/{name}")) for name in names)
    what = f"the words of a message in {folder}/"
    return ParamKind(f"{what}, or none" if optional else what, (None, *samples) if optional else samples, folder)


CONCERNS = ("bladder_bowel", "feeling", "weakness", "infection", "clot", "pain", "function", "mood", "other")

TIER = _words("alerts/tiers", tuple(Tier))
RECORDED_TIER = _words("record/tiers", tuple(Tier))
CONCERN_OR_NONE = _words("alerts/concerns", CONCERNS, optional=True)
CONCERN = _words("alerts/concerns", CONCERNS)
OTHERS_OR_NONE = ParamKind("how many other concerns there are, or none", (None, 1, 4))
OUTCOME_OR_NONE = _words("alerts/outcomes", tuple(outcome.id for outcome in OUTCOMES), optional=True)
OUTCOME = _words("alerts/outcomes", tuple(outcome.id for outcome in OUTCOMES))
REASON_OR_NONE = _words("alerts/reasons", ("known_to_team",), optional=True)
TROUBLE = _words("operator/troubles", troubles.KEYS)
ROLE = _words("roles", tuple(Role))
ROLE_OR_NONE = _words("roles", tuple(Role), optional=True)
HALT_REASON = _words("record/halts", HALT_REASONS)
STANDING = _words("staff/standings", STANDINGS)
STATUS = _words("staff/statuses", STATUSES)
STATUS_REFUSAL = _words("staff/status_refusals", REFUSALS)
STAFF_COMMAND = _words("staff_commands", STAFF_COMMANDS)
LIST = _words("staff/lists", LISTS)
INVITE_PROBLEM = _words("staff/admin/invite_problems", INVITE_PROBLEMS)
STAFF_STATE = _words("staff/admin/states", STAFF_STATES)
SCHEDULE_PROBLEM = _words("staff/schedule_problems", PROBLEMS)
