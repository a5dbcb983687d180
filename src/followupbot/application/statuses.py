"""What staff record about a patient's life, from the bot or the terminal: one way for all of it (clinical.md 0.13)."""

from datetime import datetime

from followupbot.application import arguments, policy
from followupbot.application.policy import Action
from followupbot.application.ports import Store
from followupbot.domain import staff_manual, standing
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Cause, Decision
from followupbot.domain.folding import fold
from followupbot.domain.ids import MessageKey, PatientId
from followupbot.domain.params import Param, Words
from followupbot.domain.schedule import PartialDate, local
from followupbot.domain.standing import NotRecorded

PAUSE_UNSAID = "4w"
"""How long a pause lasts that is given no end: as the first button for patients who ask for a longer one."""


class NotAllowed(Exception):
    """The actor may not record it; that it was tried is in the access log."""


def record(
    store: Store, patient: PatientId, status: str, argument: str, cause: Cause, now: datetime
) -> Chart | NotRecorded:
    """It is recorded, and acted on at once; the chart after. Raises NotAllowed, and LookupError without such a patient.

    A member of staff who sent it from their chat is told there what was recorded, or why nothing was.
    """
    if not policy.allowed(cause.by, Action.SET_PATIENT_STATUS, store.clinic(), patient):
        store.record_refusal(cause, Action.SET_PATIENT_STATUS, patient, now)
        raise NotAllowed
    if store.chart(patient) is None:
        raise LookupError(patient)
    done: list[Chart | NotRecorded] = []

    def decide(chart: Chart) -> Decision:
        found = _decide(chart, status, argument, now)
        done[:] = [found if isinstance(found, NotRecorded) else fold(chart, found.chart_facts)]
        decision = Decision() if isinstance(found, NotRecorded) else found
        member = store.clinic().member(cause.by.staff) if cause.by.kind == "staff" else None
        if member is None:
            return decision
        message, params = answer(patient, status, done[0])
        return decision + staff_manual.reply(chart.clinic, member, message, now, params)

    store.transact(patient, cause, decide)
    chart = store.chart(patient)
    assert chart is not None, "it was there a moment ago"
    return done[0] if done else chart


def answer(patient: PatientId, status: str, done: Chart | NotRecorded) -> tuple[str, dict[str, Param]]:
    """What whoever recorded it is told, and with what: what it is now, as the chart after says, or why it is not."""
    if isinstance(done, NotRecorded):
        why = Words(MessageKey(f"staff/status_refusals/{done.why}"))
        return "staff/status_refused", {"code": patient, "why": why}
    return "staff/status_recorded", {
        "code": patient,
        "status": Words(MessageKey(f"staff/statuses/{status}")),
        "alert": done.unresolved_alert is not None,
        "undo": status in standing.UNDONE_BY_RESUME,
    }


def _decide(chart: Chart, status: str, argument: str, now: datetime) -> Decision | NotRecorded:
    if status in standing.HALTS:
        return standing.halt(chart, standing.HALTS[status], now)
    if status == "resume":
        return standing.resume(chart, now)
    if status == "pause":
        until = arguments.read_until(argument or PAUSE_UNSAID, local(now, chart.enrolled.plan.zone).date())
        return NotRecorded("date_unreadable") if until is None else standing.pause(chart, until, now)
    if status not in {"operated", "reoperated"}:
        return NotRecorded("no_such_status")
    try:
        on = PartialDate.parse(argument)
    except ValueError:
        return NotRecorded("date_unreadable")
    return (standing.operated if status == "operated" else standing.reoperated)(chart, on, now)
