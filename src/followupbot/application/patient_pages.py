"""`/patient CODE`: what staff see of one patient in their chat, and what a lead records there."""

from collections.abc import Mapping
from datetime import datetime

from followupbot.application import policy, statuses
from followupbot.application.clinicians import SEE_DETAILS
from followupbot.application.policy import Action
from followupbot.application.ports import Store
from followupbot.domain import details, patient_code, patient_page, progress, staff_manual
from followupbot.domain.addressing import stamp
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import StaffMember
from followupbot.domain.decision import Actor, Cause, Decision
from followupbot.domain.ids import PatientId
from followupbot.domain.params import Lines, Param

SEE_PATIENT = "see_patient"


class NotAllowed(Exception):
    """The actor may not even break the glass; that it was tried is in the access log."""


def break_glass(store: Store, code: PatientId, reason: str, by: Actor, now: datetime) -> Mapping[str, Param]:
    """How it stands with the patient, for somebody who has no right to see it and must, in an emergency.

    It is in the access log, the reason is kept encrypted with the patient's texts, and every lead is told at once; all
    of that has committed before anything is given back. Raises NotAllowed, and LookupError without such a patient.
    """
    cause = Cause(f"break_glass:{code}:{stamp(now)}", by)
    if not policy.allowed(by, Action.BREAK_GLASS, store.clinic(), code):
        store.record_refusal(cause, Action.BREAK_GLASS, code, now)
        raise NotAllowed
    chart = store.chart(code)
    if chart is None:
        raise LookupError(code)
    store.record_view(cause, Action.BREAK_GLASS, code, now)
    store.transact(
        code, cause, lambda current: staff_manual.tell_of_broken_glass(current.clinic, code, by, reason, now)
    )
    return patient_page.params(chart, now)


def open_alert(store: Store, code: PatientId, cause: Cause, now: datetime) -> tuple[tuple[str, dict[str, Param]], ...]:
    """Why the patient has an alert without an outcome, and how it has gone: messages and what they are given.

    For the terminal (clinical.md 0.9); nothing where there is none. The view is in the access log before it is read.
    """
    chart = store.chart(code)
    alert = None if chart is None else chart.unresolved_alert
    if chart is None or alert is None:
        return ()
    store.record_view(cause, SEE_DETAILS, code, now)
    facts = tuple(store.facts_of(code))
    lines, _ = progress.overview(chart, progress.answered(facts))
    trend: dict[str, Param] = {"code": code, "lines": Lines(lines)}
    return (
        ("alerts/details", details.params(chart, alert, facts)),
        *((("alerts/trend", trend),) if lines else ()),
    )


def patient(store: Store, member: StaffMember, argument: str, cause: Cause, now: datetime) -> Decision:
    """The member sees how it stands with the patient; with a status behind the code, that is recorded.

    The view is in the access log before anything is read. What the patient answered is not shown in a chat.
    """
    typed, _, rest = argument.strip().partition(" ")
    code = patient_code.parse(typed)
    if code is None or store.chart(code) is None:
        message = "staff/no_such_patient" if typed else "staff/which_patient"
        return store.transact_clinic(cause, lambda clinic: staff_manual.reply(clinic, member, message, now))
    if rest.strip():
        status, _, behind = rest.strip().partition(" ")
        try:
            statuses.record(store, code, status.casefold(), behind.strip(), cause, now)
        except statuses.NotAllowed:
            return store.transact_clinic(cause, lambda clinic: staff_manual.not_for_this_role(clinic, member, now))
        return Decision()
    store.record_view(cause, SEE_PATIENT, code, now)

    def decide(chart: Chart) -> Decision:
        return staff_manual.reply(
            chart.clinic, member, "staff/patient", now, patient_page.params(chart, now), patient_page.choices(chart)
        )

    return store.transact(code, cause, decide)
