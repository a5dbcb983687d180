"""Inviting those who help a patient, and ending that: by the patient, or by staff with the patient's agreement."""

from datetime import datetime

from followupbot.application import admins, policy
from followupbot.application.policy import Action
from followupbot.application.ports import Charts, Store
from followupbot.domain import carers, enrolment
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Actor, Cause, Decision
from followupbot.domain.ids import CarerId, PatientId


def invite(store: Store, patient: PatientId, initials: str, by: Actor, now: datetime) -> admins.Invited | None:
    """A link for one who helps, asked for with the patient's agreement; None where there can be no more of them."""
    invited = admins.draw(now)
    token = admins.hash_of(invited.token)
    cause = admins.a_call(by)
    if not policy.allowed(by, Action.INVITE_PATIENT, store.clinic()):
        store.record_refusal(cause, Action.INVITE_PATIENT, patient, now)
        return None
    decision = store.transact(
        patient, cause, lambda chart: carers.invite(chart, initials, token, invited.expires_at, now)
    )
    return invited if decision.facts else None


def remove(store: Store, patient: PatientId, carer: CarerId, by: Actor, now: datetime) -> bool:
    """Whether somebody of that number helped until now; they do no more."""
    cause = admins.a_call(by)
    if not policy.allowed(by, Action.INVITE_PATIENT, store.clinic()):
        store.record_refusal(cause, Action.INVITE_PATIENT, patient, now)
        return False
    return bool(store.transact(patient, cause, lambda chart: carers.remove(chart, carer, "staff", now)).facts)


def choose_initials(store: Store, patient: PatientId, initials: str, by: Actor, now: datetime) -> bool:
    """Whether those stand before each message about the patient from now on, in a chat that follows several."""
    cause = admins.a_call(by)
    if not policy.allowed(by, Action.INVITE_PATIENT, store.clinic()):
        store.record_refusal(cause, Action.INVITE_PATIENT, patient, now)
        return False
    store.transact(patient, cause, lambda chart: Decision(carers.choose_initials(chart, initials, now)))
    return True


def ask(charts: Charts, patient: PatientId, argument: str, cause: Cause, now: datetime) -> Decision:
    """`/carer`: who helps, an end to that, or, with initials, a link for one more."""

    def decide(chart: Chart) -> Decision:
        if chart.active is None or chart.enrolled.deletion_requested_at is not None:
            return enrolment.wait(chart, now)
        if argument.startswith(carers.REMOVE):
            return carers.remove_in_chat(chart, argument, now)
        # Drawn anew where it is decided anew; only what is kept goes out.
        invited = admins.draw(now)
        name = chart.clinic.bot_name
        link = None if name is None else admins.LINK.format(bot=name, token=invited.token)
        return carers.invite_in_chat(chart, argument, link, admins.hash_of(invited.token), invited.expires_at, now)

    return charts.transact(patient, cause, decide)
