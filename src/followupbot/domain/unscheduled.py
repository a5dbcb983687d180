"""A check-in that the patient asks for: every red flag now, or what is asked each time."""

from datetime import datetime

from followupbot.domain import check_ins, lapses, offers, prompts
from followupbot.domain.addressing import stamp, to_patient
from followupbot.domain.care_protocol import Unscheduled
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import REPORT, URGENT, CheckIn
from followupbot.domain.decision import Decision
from followupbot.domain.facts.check_ins import CheckInAsked
from followupbot.domain.folding import fold
from followupbot.domain.gates import Gate
from followupbot.domain.ids import CheckInId, QuestionId, TimingId
from followupbot.domain.lexicon import Theme
from followupbot.domain.outgoing import Lane


def urgent(chart: Chart, now: datetime) -> Decision:
    """What to do now and whom to call stands first; the red-flag screens come behind it, where they may be asked.

    After a recorded death only a button leads to them: whoever holds the phone may mean somebody else, or themselves.
    """
    rows = (*(offers.check_now(chart) if chart.died else ()), *offers.crisis(chart))
    card = to_patient(chart, "replies/urgent", key=f"urgent/{stamp(now)}", lane=Lane.ALERT, choices=rows)
    if chart.died:
        return Decision(outgoing=(card,))
    asked = chart.protocol().urgent
    screens = Decision() if asked is None or not _may_be_asked(chart) else _begin(chart, URGENT, asked, now)
    return Decision(outgoing=(card,)) + screens


def check_now(chart: Chart, now: datetime) -> Decision:
    """The first red-flag screen stands in the chat; where none may be asked, whom to call."""
    asked = chart.protocol().urgent
    if asked is None or not _may_be_asked(chart):
        return urgent(chart, now)
    return _begin(chart, URGENT, asked, now)


def report(chart: Chart, now: datetime) -> Decision | None:
    """The open check-in goes on where it stands, or a small one begins; None where neither can be.

    After words for a death nobody is asked right away how they are: a button leads to the red flags.
    """
    if chart.held == Theme.DEATH:
        rows = offers.check_now(chart)
        held = to_patient(chart, "replies/read_by_people", key=f"report/{stamp(now)}", lane=Lane.REPLY, choices=rows)
        return Decision(outgoing=(held,))
    check_in, asked = chart.open_check_in, chart.protocol().report
    if check_in is not None:
        return check_ins.begin(chart, check_in.id, None, now)
    return None if asked is None or not _may_be_asked(chart) else _begin(chart, REPORT, asked, now)


def _may_be_asked(chart: Chart) -> bool:
    """Nothing is asked before the operation, and nobody who does not take part (clinical.md 0.12)."""
    return chart.active is not None and chart.active.operated


def _begin(chart: Chart, timing: TimingId, asked: Unscheduled, now: datetime) -> Decision:
    """The first question stands in the chat.

    An open check-in that asks every red flag, and whose red-flag screens have not been touched, is it. One that has
    come further makes place: this one asks the screens anew, and then what is left of that one, so nothing is lost.
    """
    check_in = chart.open_check_in
    if check_in is not None and _stands_for(chart, check_in, asked, now):
        return check_ins.begin(chart, check_in.id, None, now)
    number = CheckInId(chart.check_in_count + 1)
    replaced = Decision()
    form, expires_at, remind_at = asked.form, now + asked.open_for, tuple[datetime, ...]()
    if check_in is not None:
        replaced = lapses.give_way(chart, check_in, now)
        left = _left(chart, check_in)
        form = (*(question for question in form if question not in left), *left)
        expires_at, remind_at = max(expires_at, check_in.expires_at), check_in.remind_at[check_in.reminders :]
    opened = CheckInAsked(
        now, number, timing, chart.clinic.published.version, form, expires_at, for_day=None, remind_at=remind_at
    )
    after = fold(chart, (*replaced.chart_facts, opened))
    return replaced + Decision((opened,)) + check_ins.begin(after, number, None, now)


def _stands_for(chart: Chart, check_in: CheckIn, asked: Unscheduled, now: datetime) -> bool:
    """Whether all red-flag screens of the one asked for are still to come in this one, before anything else."""
    protocol = chart.protocol(check_in.version)
    wanted = [name for name in asked.form if isinstance(chart.protocol().question(name), Gate)]
    screens = [protocol.question(name) for name in wanted if name in check_in.form]
    upcoming = prompts.upcoming(chart, check_in, now)
    untouched = all(isinstance(screen, Gate) and not prompts.answered(check_in, screen) for screen in screens)
    first = upcoming is not None and isinstance(upcoming.asked.question, Gate)
    return len(screens) == len(wanted) and untouched and (first or not wanted)


def _left(chart: Chart, check_in: CheckIn) -> tuple[QuestionId, ...]:
    """What of its form has no answer, as far as the programme of today still asks it; the screens are asked anew."""
    before, today = chart.protocol(check_in.version), chart.protocol()
    found = ((name, before.question(name)) for name in check_in.form)
    return tuple(
        name
        for name, question in found
        if question is not None
        and not isinstance(question, Gate)
        and not prompts.answered(check_in, question)
        and today.question(name) is not None
    )
