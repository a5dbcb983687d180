"""Whoever comes in by a channel: who it is, and which of our functions is meant."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from followupbot.application import (
    admins,
    anytime,
    clinicians,
    commands,
    groups,
    patients,
    policy,
    requests,
    staff_commands,
)
from followupbot.application.policy import Action
from followupbot.application.ports import Outbox, Store
from followupbot.domain import enrolment, staff
from followupbot.domain.addressing import card_to_chat, staff_notice
from followupbot.domain.clinic import Clinic, StaffMember
from followupbot.domain.decision import Actor, ByPatient, ByStaff, ByStranger, Cause, Decision
from followupbot.domain.enrolment_state import Confirming, Consenting, Identifying, Practising, Reading, TeachingBack
from followupbot.domain.ids import ChatId, MessageId, PatientId
from followupbot.domain.presses import (
    AnswerPress,
    AnytimePress,
    BackPress,
    CardPress,
    ChangePlanPress,
    CheckInPress,
    CheckNowPress,
    CommandPress,
    ConfirmPlanPress,
    ConsentPress,
    CrisisPress,
    EnrolmentPress,
    HelpPress,
    LaterPress,
    NextPress,
    PracticePress,
    Press,
    ReachPress,
    StaffPress,
    StartPress,
    TeachBackPress,
    TopicPress,
    YearlyPress,
)

ON_THE_WAY_IN = (Reading, Consenting, Confirming, TeachingBack, Practising)
"""A button of an enrolment is waited for."""


@dataclass(frozen=True)
class FrontDesk:
    """Each method decides about one thing that came in, once for each `cause_key`, and has committed when it returns.

    `address` is the channel's own chat number.
    """

    store: Store
    outbox: Outbox

    def pressed(self, address: int, press: Press, message: MessageId, cause_key: str, now: datetime) -> Decision:
        """A button was pressed."""
        chat = self.store.note_chat(address)
        if isinstance(press, StaffPress):
            return self._staff_pressed(chat, press, message, cause_key, now)
        match press:
            case NextPress() | ConsentPress() | ConfirmPlanPress() | ChangePlanPress() | TeachBackPress():
                return self._patient_pressed(chat, press, message, cause_key, now)
            case PracticePress() | YearlyPress() | StartPress() | AnswerPress() | BackPress() | LaterPress():
                return self._patient_pressed(chat, press, message, cause_key, now)
            case HelpPress() | CrisisPress() | CheckNowPress() | TopicPress() | CommandPress():
                return self._patient_pressed(chat, press, message, cause_key, now)
            case _:
                assert_never(press)

    def started(self, address: int, payload: str | None, cause_key: str, now: datetime) -> Decision:
        """Start was pressed, with a link's token or without one."""
        chat = self.store.note_chat(address)
        if payload is None:
            return self._addressed(chat, cause_key, now)
        token = admins.hash_of(payload)
        cause = Cause(cause_key, ByStranger())
        if not admins.admit(self.store, chat, cause, now):
            return self.store.transact_clinic(cause, lambda clinic: enrolment.refuse_link(clinic, chat, now))
        patient = self.store.patient_invited(token)
        if patient is not None:
            return patients.connect(self.store, patient, chat, token, cause, now)
        return admins.join(self.store, chat, token, cause, now)

    def commanded(
        self, address: int, command: str, argument: str, message: MessageId, cause_key: str, now: datetime
    ) -> Decision:
        """A slash command other than `/start` was sent; the words behind one that there is not are read as words."""
        chat = self.store.note_chat(address)
        self.store.saw_message(chat, message)
        patient = self._patient_of(chat)
        member = self._member_of(chat, cause_key, now)
        if member is not None and (patient is None or staff_commands.only_staffs(command)):
            cause = Cause(cause_key, ByStaff(member.id))
            return staff_commands.carry_out(self.store, member, command, argument, cause, now)
        if patient is None:
            return self._addressed(chat, cause_key, now)
        if command == "stop":
            return self._stop_everything(chat, cause_key, now)
        cause = Cause(cause_key, ByPatient(patient))
        return commands.carry_out_in_chat(self.store, patient, command, argument, cause, now)

    def wrote(self, address: int, text: str, message: MessageId, cause_key: str, now: datetime) -> Decision:
        """Somebody wrote."""
        chat = self.store.note_chat(address)
        self.store.saw_message(chat, message)
        patient = self._patient_of(chat)
        if patient is None:
            return self._addressed(chat, cause_key, now)
        return patients.write(self.store, patient, text, Cause(cause_key, ByPatient(patient)), now)

    def sent_something_else(
        self, address: int, what: str, message: MessageId, cause_key: str, now: datetime
    ) -> Decision:
        """Somebody sent a picture, a voice note, or the like."""
        chat = self.store.note_chat(address)
        self.store.saw_message(chat, message)
        patient = self._patient_of(chat)
        if patient is None:
            return self._addressed(chat, cause_key, now)
        return patients.send(self.store, patient, what, Cause(cause_key, ByPatient(patient)), now)

    def blocked(self, address: int, cause_key: str, now: datetime) -> Decision:
        """The chat refuses our messages from now on."""
        decision, chat = Decision(), self.store.note_chat(address)
        self.outbox.block_chat(chat)
        for patient in self.store.patients_of(chat):
            cause = Cause(f"{cause_key}/{patient}", ByPatient(patient))
            decision += patients.block(self.store, patient, cause, now)
        decision += clinicians.block(self.store, chat, cause_key, now)
        return decision + groups.lose(self.store, chat, cause_key, now)

    def unblocked(self, address: int, cause_key: str, now: datetime) -> Decision:
        """The chat takes our messages again."""
        decision, chat = Decision(), self.store.note_chat(address)
        self.outbox.unblock_chat(chat)
        for patient in self.store.patients_of(chat):
            cause = Cause(f"{cause_key}/{patient}", ByPatient(patient))
            decision += patients.unblock(self.store, patient, cause, now)
        return decision + clinicians.unblock(self.store, chat, cause_key, now)

    # -- in groups of staff --------------------------------------------------------------------------------------------

    def pressed_in_group(self, address: int, by: int, press: Press, cause_key: str, now: datetime) -> Decision:
        """A button was pressed in a group, by the person whose private chat is `by`; only staff's count there."""
        self.store.note_chat(address)
        if isinstance(press, StaffPress):
            return self._staff_pressed(self.store.note_chat(by), press, None, cause_key, now)
        return Decision(notice=staff_notice(self.store.clinic(), "replies/notices/over"))

    def commanded_in_group(
        self, address: int, by: int, command: str, argument: str, cause_key: str, now: datetime
    ) -> Decision:
        """A slash command was sent in a group."""
        chat, sender = self.store.note_chat(address), self.store.staff_of(self.store.note_chat(by))
        return groups.command(self.store, self.outbox, chat, sender, command, argument, cause_key, now)

    def group_moved(self, address: int, to: int, cause_key: str, now: datetime) -> Decision:
        """The group has another number; whatever goes there goes there from now on. Told twice it changes nothing."""
        del cause_key, now  # nothing is decided
        self.outbox.migrate_chat(self.store.note_chat(address), to)
        return Decision()

    def removed_from_group(self, address: int, cause_key: str, now: datetime) -> Decision:
        """We can't write in that group any more."""
        chat = self.store.note_chat(address)
        self.outbox.block_chat(chat)
        return groups.lose(self.store, chat, cause_key, now)

    # -- who it is -----------------------------------------------------------------------------------------------------

    def _staff_pressed(
        self, chat: ChatId, press: StaffPress, message: MessageId | None, cause_key: str, now: datetime
    ) -> Decision:
        """A button of staff's was pressed by whoever has that private chat; no `message`: elsewhere."""
        member = self._member_of(chat, cause_key, now)
        by = None if member is None else member.id
        cause = Cause(cause_key, ByStranger() if by is None else ByStaff(by))
        if isinstance(press, ReachPress):
            return clinicians.confirm_reach(self.store, by, press, cause, now)
        return clinicians.press(self.store, by, press, message, cause, now)

    def _stop_everything(self, chat: ChatId, cause_key: str, now: datetime) -> Decision:
        """Whoever sends `/stop` in a chat wants quiet in it, whichever of its patients was meant."""
        decision = Decision()
        for patient in self.store.patients_of(chat):
            cause = Cause(f"{cause_key}/{patient}", ByPatient(patient))
            decision += requests.stop(self.store, patient, "", cause, now)
        return decision

    def _patient_pressed(
        self,
        chat: ChatId,
        press: EnrolmentPress | CheckInPress | AnytimePress | CommandPress,
        message: MessageId,
        cause_key: str,
        now: datetime,
    ) -> Decision:
        """A patient's own button counts in the patient's own chat only; a card is for whoever presses it."""
        known = self.store.patients_of(chat)
        actor: Actor = ByPatient(press.patient) if press.patient in known else ByStranger()
        cause = Cause(cause_key, actor)
        clinic = self.store.clinic()
        if policy.allowed(actor, Action.ANSWER, clinic, press.patient):
            if isinstance(press, CommandPress):
                return commands.carry_out_in_chat(self.store, press.patient, press.command, press.argument, cause, now)
            if isinstance(press, AnytimePress):
                return anytime.press(self.store, press, message, cause, now)
            return patients.press(self.store, press, message, cause, now)
        self.store.record_refusal(cause, Action.ANSWER, press.patient, now)
        if isinstance(press, CardPress) and press.card is not None:
            card = card_to_chat(clinic, chat, press.card, press.language, now)
            return self.store.transact_clinic(cause, lambda _: Decision(outgoing=(card,)))
        return Decision(notice=staff_notice(clinic, "replies/notices/over"))

    def _addressed(self, chat: ChatId, cause_key: str, now: datetime) -> Decision:
        """Somebody came without a link: a patient, a staff member, or a stranger."""
        patient = self._patient_of(chat)
        if patient is not None:
            cause = Cause(cause_key, ByPatient(patient))
            return self.store.transact(patient, cause, lambda chart: enrolment.wait(chart, now))
        by = self.store.staff_of(chat)
        cause = Cause(cause_key, ByStranger() if by is None else ByStaff(by))

        def decide(clinic: Clinic) -> Decision:
            member = None if by is None else clinic.member(by)
            if member is None:
                return enrolment.refuse_link(clinic, chat, now)
            return staff.not_understood(clinic, member, now)

        return self.store.transact_clinic(cause, decide)

    def _member_of(self, chat: ChatId, cause_key: str, now: datetime) -> StaffMember | None:
        """The staff member whose chat it is. Who had blocked us and comes all the same can be reached again."""
        by = self.store.staff_of(chat)
        member = None if by is None else self.store.clinic().member(by)
        if member is not None and member.chat is None:
            self.outbox.unblock_chat(chat)
            clinicians.unblock(self.store, chat, f"{cause_key}/back", now)
        return member

    def _patient_of(self, chat: ChatId) -> PatientId | None:
        """Whom words from this chat are about; where several patients share it, the one of whom most is asked."""
        known = self.store.patients_of(chat)
        return min(known, key=self._silence) if len(known) > 1 else next(iter(known), None)

    def _silence(self, patient: PatientId) -> int:
        """How little this patient waits to be written about: 0 where words are what was asked for."""
        chart = self.store.chart(patient)
        if chart is None or chart.enrolment is None:
            return 3
        if isinstance(chart.enrolment.state, Identifying):
            return 0
        check_in = chart.open_check_in
        if check_in is not None and check_in.state.kind == "begun":
            return 1
        return 2 if check_in is not None or isinstance(chart.enrolment.state, ON_THE_WAY_IN) else 3
