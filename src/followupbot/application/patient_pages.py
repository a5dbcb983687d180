"""`/patient CODE`: what staff see of one patient in their chat, and what a lead records there."""

from datetime import datetime

from followupbot.application import statuses
from followupbot.application.ports import Store
from followupbot.domain import patient_code, patient_page, staff_manual
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import StaffMember
from followupbot.domain.decision import Cause, Decision

SEE_PATIENT = "see_patient"


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
