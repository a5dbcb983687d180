"""What a patient wrote, read by staff and answered with words that were approved beforehand (clinical.md 0.8, 0.13).

Each text counts from the first that the patient ever sent; who closes them closes those that were shown, and no later.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from followupbot.domain import staff_manual, writing
from followupbot.domain.addressing import to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.notes import NoteReceived, TextAnswered
from followupbot.domain.folding import fold
from followupbot.domain.ids import MessageKey
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Instant, Line, Lines, Param, Shown
from followupbot.domain.presses import Choice, StaffCommandPress

REPLIES = ("thank_you", "we_will_call", "call_the_clinic", "at_your_visit")
"""What staff may answer, each approved as all words are; they stand in `replies/staff/<reply>`."""

READ = "read"
"""What stands in the place of a reply where none is sent."""

SHOWN_UNITS_MAX = 3_000
"""Of texts in one message, which has 4,096 with everything else (Bot API); what is longer is read at the terminal.

In units of UTF-16, as Telegram counts: an emoji is two, and a message that is too long reaches nobody.
"""

BESIDE_UNITS_MAX = 50
"""Of what stands beside each text: who wrote it, and the end of the line."""


def show(
    chart: Chart, texts: Mapping[str, str], facts: Iterable[ChartFact], member: StaffMember, now: datetime
) -> Decision:
    """The texts that wait, the oldest first, as many as fit, who wrote them, and a button for each answer."""
    if not chart.unread:
        return staff_manual.reply(chart.clinic, member, "staff/review_nothing", now, {"code": chart.patient})
    helpers = {
        fact.note: str(fact.carer) for fact in facts if isinstance(fact, NoteReceived) and fact.carer is not None
    }
    first = chart.texts - len(chart.unread)
    shown: list[Line] = []
    room = SHOWN_UNITS_MAX
    for note in chart.unread:
        text = texts.get(note, "")
        needed = _units(text) + BESIDE_UNITS_MAX
        if shown and needed > room:
            break
        said: dict[str, Shown] = {"text": _begin(text, room), "cut": needed > room, "helper": helpers.get(note)}
        shown.append(Line(MessageKey("staff/review_text"), said))
        room -= needed
    through = first + len(shown)
    answers = (READ,) if _sober(chart) else (READ, *REPLIES)
    rows = tuple((Choice(answer, _press(chart, answer, through)),) for answer in answers)
    params: dict[str, Param] = {
        "code": chart.patient,
        "lines": Lines(tuple(shown)),
        "more": len(chart.unread) - len(shown),
        "held": chart.held is not None,
        "by": None if chart.review_by is None else Instant(chart.review_by, chart.clinic.settings.hours.zone),
        "late": chart.review_by is not None and chart.review_by <= now,
    }
    return staff_manual.reply(chart.clinic, member, "staff/review", now, params, rows)


def close(chart: Chart, answer: str, through: int, member: StaffMember, now: datetime) -> Decision:
    """The texts up to that one are read, and with a reply the patient has it as a new message; once only."""
    first = chart.texts - len(chart.unread)
    read = chart.unread[: max(0, through - first)]
    params: dict[str, Param] = {"code": chart.patient, "replied": answer != READ}
    if not read:
        return staff_manual.reply(chart.clinic, member, "staff/review_nothing", now, {"code": chart.patient})
    decision = writing.read(chart, read, now)
    if answer != READ:
        after = fold(chart, decision.chart_facts)
        reply = to_patient(
            after,
            f"replies/staff/{answer}",
            key=f"review/{through}",
            lane=Lane.REPLY,
            starts=after.starts_allowed,
        )
        decision += Decision((TextAnswered(now, member.id, answer),), (reply,))
    return decision + staff_manual.reply(chart.clinic, member, "staff/review_closed", now, params)


def _press(chart: Chart, answer: str, through: int) -> StaffCommandPress:
    return StaffCommandPress("review", f"{chart.patient} {answer} {through}")


def _sober(chart: Chart) -> bool:
    """Where a death may be meant, or a stay in hospital, no ready words are fitting: somebody calls."""
    return chart.beyond_reach or chart.held is not None


def _units(text: str) -> int:
    """How long it is for Telegram."""
    return len(text.encode("utf-16-le")) // 2


def _begin(text: str, room: int) -> str:
    """As much of it as there is room for."""
    return text.encode("utf-16-le")[: max(0, room - BESIDE_UNITS_MAX) * 2].decode("utf-16-le", "ignore")
