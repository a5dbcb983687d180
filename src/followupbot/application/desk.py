"""The staff's day: alerts without an outcome, lists, and what patients wrote (issue 5, clinical.md 0.8)."""

from collections.abc import Sequence
from datetime import datetime

from followupbot.application.ports import Store
from followupbot.domain import day_lists, patient_code, review, staff_manual
from followupbot.domain.alert_state import Alert
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, StaffMember
from followupbot.domain.decision import Cause, Decision
from followupbot.domain.ids import AlertId, PatientId
from followupbot.domain.lists import AlertLine
from followupbot.domain.params import Line, Lines, Param
from followupbot.domain.presses import Choice, StaffCommandPress

READ_NOTES = "read_notes"


def alerts(store: Store, member: StaffMember, page: str, cause: Cause, now: datetime) -> Decision:
    """The member sees alerts without an outcome, the most urgent first, with a button for those nobody has.

    So many at a time: `page` is counted from 1.
    """
    lines = store.alerts_unresolved()
    before, on_page = day_lists.page_of_alerts(lines, page)
    details = details_of(store, on_page)
    more = len(lines) - before - len(on_page)

    def decide(clinic: Clinic) -> Decision:
        if not lines:
            return staff_manual.reply(clinic, member, "staff/alerts_none", now)
        numbered = day_lists.alert_buttons(on_page, member.id, before)
        buttons = day_lists.alert_buttons(on_page, member.id, before, more)
        params: dict[str, Param] = {
            "lines": Lines(day_lists.alerts(clinic, on_page, details, now, before)),
            "more": more,
            "buttons": bool(numbered),
        }
        return staff_manual.reply(clinic, member, "staff/alerts", now, params, buttons)

    return store.transact_clinic(cause, decide)


def details_of(store: Store, lines: Sequence[AlertLine]) -> day_lists.Details:
    """What those alerts are about. Lists are kept in the clear, and this is not: it is read from the charts."""
    found: dict[tuple[PatientId, AlertId], Alert] = {}
    for line in lines:
        chart = store.chart(line.patient)
        alert = None if chart is None else chart.alert(line.id)
        if alert is not None:
            found[line.patient, line.id] = alert
    return found


def lists(store: Store, member: StaffMember, _: str, cause: Cause, now: datetime) -> Decision:
    """The member sees who does not answer, cannot be reached, waits to be read …, each with since when."""
    lines = store.listed(now)

    def decide(clinic: Clinic) -> Decision:
        shown = day_lists.lists(clinic, lines, now)
        if not shown:
            return staff_manual.reply(clinic, member, "staff/lists_none", now)
        buttons = day_lists.review_buttons(lines)
        return staff_manual.reply(clinic, member, "staff/lists", now, {"lines": Lines(shown)}, buttons)

    return store.transact_clinic(cause, decide)


def read(store: Store, member: StaffMember, argument: str, cause: Cause, now: datetime) -> Decision:
    """Whose texts wait; with a code the texts themselves; with an answer and how far was read, they are closed."""
    words = argument.split()
    if not words:
        return _waiting(store, member, cause, now)
    code = patient_code.parse(words[0])
    if code is None or store.chart(code) is None:
        message = "staff/no_such_patient"
        return store.transact_clinic(cause, lambda clinic: staff_manual.reply(clinic, member, message, now))
    if len(words) == 3 and words[1] in {review.READ, *review.REPLIES} and words[2].isdecimal():
        return store.transact(code, cause, lambda chart: review.close(chart, words[1], int(words[2]), member, now))
    return _show(store, member, code, cause, now)


def _waiting(store: Store, member: StaffMember, cause: Cause, now: datetime) -> Decision:
    waiting = [line for line in store.listed(now) if line.kind in {"held", "to_review"}]

    def decide(clinic: Clinic) -> Decision:
        if not waiting:
            return staff_manual.reply(clinic, member, "staff/reviews_none", now)
        first = waiting[: day_lists.ALERTS_SHOWN_MAX]
        lines: tuple[Line, ...] = day_lists.numbered(clinic, first)
        buttons = [
            Choice(str(number), StaffCommandPress("review", line.patient)) for number, line in enumerate(first, 1)
        ]
        params: dict[str, Param] = {"lines": Lines(lines), "more": len(waiting) - len(first)}
        return staff_manual.reply(clinic, member, "staff/reviews", now, params, day_lists.in_rows(buttons))

    return store.transact_clinic(cause, decide)


def _show(store: Store, member: StaffMember, code: PatientId, cause: Cause, now: datetime) -> Decision:
    """The view is in the access log before anything is read."""
    store.record_view(cause, READ_NOTES, code, now)

    def decide(chart: Chart) -> Decision:
        texts = {note: text for note in chart.unread if (text := store.note(code, note)) is not None}
        return review.show(chart, texts, store.facts_of(code), member, now)

    return store.transact(code, cause, decide)
