"""`/schedule CODE` and `followupbot schedule`: one patient's coming check-ins, and changes to them, shown first."""

from datetime import datetime

from followupbot.application.ports import Store
from followupbot.domain import patient_code, plan_changes, staff_manual
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import StaffMember
from followupbot.domain.decision import Cause, Decision
from followupbot.domain.ids import MessageKey, PatientId
from followupbot.domain.params import Lines, Param, Words
from followupbot.domain.plan_changes import NotChanged
from followupbot.domain.presses import Choice, StaffCommandPress

SEE_SCHEDULE = "see_schedule"
CONFIRMED = "yes"


def schedule(store: Store, member: StaffMember, argument: str, cause: Cause, now: datetime) -> Decision:
    """The member sees the coming check-ins; a change is shown with a button, and done once that is pressed."""
    typed, _, rest = argument.strip().partition(" ")
    code, words = patient_code.parse(typed), rest.split()
    if code is None or store.chart(code) is None:
        message = "staff/no_such_patient" if typed else "staff/schedule_how"
        return store.transact_clinic(cause, lambda clinic: staff_manual.reply(clinic, member, message, now))
    confirmed = words[-1:] == [CONFIRMED]
    wanted = plan_changes.read(words[:-1] if confirmed else words) if words else None
    store.record_view(cause, SEE_SCHEDULE, code, now)

    def decide(chart: Chart) -> Decision:
        if wanted is None:
            return _shown(chart, member, "staff/schedule", Decision(), now)
        found = wanted if isinstance(wanted, NotChanged) else plan_changes.change(chart, wanted, now)
        if isinstance(found, NotChanged):
            why = Words(MessageKey(f"staff/schedule_problems/{found.why}"))
            refused: dict[str, Param] = {"code": code, "why": why}
            return staff_manual.reply(chart.clinic, member, "staff/schedule_problem", now, refused)
        if confirmed:
            return found + _shown(chart, member, "staff/schedule_changed", found, now)
        press = StaffCommandPress("schedule", " ".join((code, *words, CONFIRMED)))
        return _shown(chart, member, "staff/schedule_preview", found, now, ((Choice("yes", press),),))

    return store.transact(code, cause, decide)


def change(
    store: Store, patient: PatientId, wanted: plan_changes.PlanChange, cause: Cause, now: datetime
) -> NotChanged | None:
    """It is done; what is wrong with it where it is not. The patient is known."""
    problem: list[NotChanged] = []

    def decide(chart: Chart) -> Decision:
        found = plan_changes.change(chart, wanted, now)
        problem[:] = [found] if isinstance(found, NotChanged) else []
        return Decision() if isinstance(found, NotChanged) else found

    store.transact(patient, cause, decide)
    return problem[0] if problem else None


def _shown(
    chart: Chart,
    member: StaffMember,
    message: str,
    planned: Decision,
    now: datetime,
    choices: tuple[tuple[Choice, ...], ...] = (),
) -> Decision:
    lines = plan_changes.lines(chart, now, planned.chart_facts)
    params: dict[str, Param] = {"code": chart.patient, "lines": Lines(lines) if lines else None}
    return staff_manual.reply(chart.clinic, member, message, now, params, choices)
