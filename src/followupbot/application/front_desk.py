"""Whoever comes in by a channel: who it is, and which of our functions is meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from followupbot.application import (
    admins,
    anytime,
    canaries,
    carers,
    clinicians,
    commands,
    groups,
    patients,
    policy,
    shared_chats,
    staff_commands,
)
from followupbot.application.policy import Action
from followupbot.application.ports import Outbox, Store
from followupbot.domain import enrolment, households, manual, staff
from followupbot.domain.addressing import card_to_chat, staff_notice
from followupbot.domain.clinic import Clinic, StaffMember
from followupbot.domain.decision import (
    Actor,
    ByCarer,
    ByClock,
    ByPatient,
    ByStaff,
    ByStranger,
    Cause,
    Decision,
    Speaker,
)
from followupbot.domain.households import Kept
from followupbot.domain.ids import ChatId, Language, MessageId
from followupbot.domain.presses import (
    AnytimePress,
    CanaryPress,
    CardPress,
    CarerPress,
    CheckInPress,
    CommandPress,
    MeantPress,
    PatientPress,
    Press,
    ReachPress,
    StaffCommandPress,
    StaffPress,
)


@dataclass(frozen=True)
class FrontDesk:
    """Each method decides about one thing that came in, once for each `cause_key`, and has committed when it returns.

    `address` is the channel's own chat number.
    """

    store: Store
    outbox: Outbox

    def pressed(self, address: int, press: Press, message: MessageId, cause_key: str, now: datetime) -> Decision:
        """A button was pressed."""
        if isinstance(press, CanaryPress):
            # Anybody's Telegram can be made to send any press; this one counts from nobody's chat only.
            if address != canaries.MADE_UP_ADDRESS:
                return Decision()
            return canaries.press(self.store, press.number, Cause(cause_key, ByClock()), now)
        chat = self._came(address, cause_key, now)
        if isinstance(press, StaffPress):
            return self._staff_pressed(chat, press, message, cause_key, now)
        if isinstance(press, MeantPress):
            return self._meant(chat, press, message, cause_key, now)
        return self._patient_pressed(chat, press, message, cause_key, now)

    def started(
        self, address: int, payload: str | None, cause_key: str, now: datetime, language: Language | None = None
    ) -> Decision:
        """Start was pressed, with a link's token or without one."""
        chat = self._came(address, cause_key, now)
        if payload is None:
            return self._addressed(chat, cause_key, now, language=language)
        token = admins.hash_of(payload)
        cause = Cause(cause_key, ByStranger())
        if not admins.admit(self.store, chat, cause, now):
            return self.store.transact_clinic(cause, lambda clinic: enrolment.refuse_link(clinic, chat, now, language))
        patient = self.store.patient_invited(token)
        if patient is None:
            return admins.join(self.store, chat, token, cause, now, language)
        followed = {speaker.patient for speaker in self.store.speakers_of(chat)} - {patient}
        if len(followed) >= households.PATIENTS_MAX:
            return self.store.transact_clinic(cause, lambda clinic: enrolment.refuse_link(clinic, chat, now, language))
        return patients.connect(self.store, patient, chat, token, cause, now, language)

    def commanded(
        self,
        address: int,
        command: str,
        argument: str,
        message: MessageId,
        cause_key: str,
        now: datetime,
        language: Language | None = None,
    ) -> Decision:
        """A slash command other than `/start` was sent; the words behind one that there is not are read as words."""
        chat = self._came(address, cause_key, now)
        self.store.saw_message(chat, message)
        speakers = self.store.speakers_of(chat)
        member = self._member_of(chat, cause_key, now)
        if member is not None and (not speakers or staff_commands.only_staffs(command)):
            cause = Cause(cause_key, ByStaff(member.id))
            return staff_commands.carry_out(self.store, member, command, argument, cause, now)
        command = commands.SAME_AS.get(command, command)
        if not speakers:
            return self._addressed(chat, cause_key, now, argument, urgent=command == "urgent", language=language)
        if command == "stop":
            return self._stop_everything(speakers, cause_key, now)
        if len(speakers) > 1:
            kind, text = shared_chats.COMMAND, f"{command} {argument}".strip()
            if commands.are_words(command, argument):
                kind, text = shared_chats.WORDS, commands.as_words(command, argument)
            return self._ask_who(chat, speakers, message, kind, text, cause_key, now)
        return self._command(speakers[0], command, argument, Cause(cause_key, speakers[0]), now)

    def wrote(
        self,
        address: int,
        text: str,
        message: MessageId,
        cause_key: str,
        now: datetime,
        language: Language | None = None,
    ) -> Decision:
        """Somebody wrote."""
        chat = self._came(address, cause_key, now)
        self.store.saw_message(chat, message)
        speakers = self.store.speakers_of(chat)
        if not speakers:
            return self._addressed(chat, cause_key, now, text, language=language)
        if len(speakers) > 1:
            if shared_chats.means_stop(self.store, speakers, text):
                return self._stop_everything(speakers, cause_key, now)
            return self._ask_who(chat, speakers, message, shared_chats.WORDS, text, cause_key, now)
        return patients.write(self.store, speakers[0].patient, text, Cause(cause_key, speakers[0]), now)

    def sent_something_else(
        self, address: int, what: str, text: str, message: MessageId, cause_key: str, now: datetime
    ) -> Decision:
        """Somebody sent a picture, a voice note, or the like, with some words or none."""
        chat = self._came(address, cause_key, now)
        self.store.saw_message(chat, message)
        speakers = self.store.speakers_of(chat)
        note = f"[{what}] {text}".strip()
        if not speakers:
            return self._addressed(chat, cause_key, now, text)
        if len(speakers) > 1:
            return self._ask_who(chat, speakers, message, shared_chats.OTHER, note, cause_key, now)
        return patients.send(self.store, speakers[0].patient, note, Cause(cause_key, speakers[0]), now)

    def blocked(self, address: int, cause_key: str, now: datetime) -> Decision:
        """The chat refuses our messages from now on."""
        decision, chat = Decision(), self.store.note_chat(address)
        self.outbox.block_chat(chat)
        for speaker in self.store.speakers_of(chat):
            decision += patients.block(self.store, speaker, Cause(f"{cause_key}/{speaker.patient}", speaker), now)
        decision += clinicians.block(self.store, chat, cause_key, now)
        return decision + groups.lose(self.store, chat, cause_key, now)

    def unblocked(self, address: int, cause_key: str, now: datetime) -> Decision:
        """The chat takes our messages again."""
        decision, chat = Decision(), self.store.note_chat(address)
        for speaker in self.store.speakers_of(chat):
            decision += patients.unblock(self.store, speaker, Cause(f"{cause_key}/{speaker.patient}", speaker), now)
        decision += clinicians.unblock(self.store, chat, cause_key, now)
        self.outbox.unblock_chat(chat)  # last: until then it is known that there is more to do
        return decision

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

    def _came(self, address: int, cause_key: str, now: datetime) -> ChatId:
        """The chat's name. Who comes by themselves takes our messages, whatever Telegram said when one was sent.

        It says "chat not found" of people who are there, and never takes that back.
        """
        chat = self.store.note_chat(address)
        if self.outbox.refuses(chat):
            self.unblocked(address, f"{cause_key}/back", now)
        return chat

    # -- who it is -----------------------------------------------------------------------------------------------------

    def _staff_commanded(
        self, member: StaffMember | None, press: StaffCommandPress, cause: Cause, now: datetime
    ) -> Decision:
        """A button that stands for a staff member's command; whoever is none is refused, and that is recorded."""
        if member is not None:
            return staff_commands.carry_out(self.store, member, press.command, press.argument, cause, now)
        self.store.record_refusal(cause, Action.SEE_PATIENT, f"/{press.command}", now)
        return Decision(notice=staff_notice(self.store.clinic(), "alerts/notices/refused"))

    def _staff_pressed(
        self, chat: ChatId, press: StaffPress, message: MessageId | None, cause_key: str, now: datetime
    ) -> Decision:
        """A button of staff's was pressed by whoever has that private chat; no `message`: elsewhere."""
        member = self._member_of(chat, cause_key, now)
        by = None if member is None else member.id
        cause = Cause(cause_key, ByStranger() if by is None else ByStaff(by))
        if isinstance(press, ReachPress):
            return clinicians.confirm_reach(self.store, by, press, cause, now)
        if isinstance(press, StaffCommandPress):
            return self._staff_commanded(member, press, cause, now)
        return clinicians.press(self.store, by, press, message, cause, now)

    def _stop_everything(self, speakers: Sequence[Speaker], cause_key: str, now: datetime) -> Decision:
        """Whoever sends `/stop` in a chat wants quiet in it, whichever of its patients was meant."""
        decision = Decision()
        for speaker in speakers:
            decision += self._command(speaker, "stop", "", Cause(f"{cause_key}/{speaker.patient}", speaker), now)
        return decision

    def _command(self, speaker: Speaker, command: str, argument: str, cause: Cause, now: datetime) -> Decision:
        chart = self.store.chart(speaker.patient)
        if chart is not None and chart.died and commands.is_over(command, argument, speaker):
            return self.store.transact(
                speaker.patient, cause, lambda current: manual.after_death(current, command, now)
            )
        if isinstance(speaker, ByCarer):
            return carers.command(self.store, speaker, command, argument, cause, now)
        return commands.carry_out_in_chat(self.store, speaker.patient, command, argument, cause, now)

    def _ask_who(
        self,
        chat: ChatId,
        speakers: Sequence[Speaker],
        message: MessageId,
        kind: str,
        text: str,
        cause_key: str,
        now: datetime,
    ) -> Decision:
        cause = Cause(cause_key, ByStranger())
        return shared_chats.ask(self.store, chat, speakers, message, kind, text, cause, now)

    def _meant(self, chat: ChatId, press: MeantPress, message: MessageId, cause_key: str, now: datetime) -> Decision:
        """What was kept is as if it came now from whom it was meant for; once, whichever button is pressed."""
        speakers = self.store.speakers_of(chat)
        speaker = next((found for found in speakers if found.patient == press.patient), None)
        kept = self.store.meant(chat, press.message)
        over = Decision(notice=staff_notice(self.store.clinic(), "replies/notices/over"))
        if speaker is None or kept is None:
            return over
        cause = Cause(shared_chats.meant_by(chat, press.message), speaker)
        decision = self._hear(speaker, kept, cause, now)
        told = Cause(cause_key, ByStranger())
        self.store.transact_clinic(told, lambda _: households.told(chat, message))
        self.store.drop_meant(chat, press.message)
        return decision

    def _hear(self, speaker: Speaker, kept: Kept, cause: Cause, now: datetime) -> Decision:
        if kept.kind == shared_chats.COMMAND:
            command, _, argument = kept.text.partition(" ")
            return self._command(speaker, command, argument, cause, now)
        if kept.kind == shared_chats.OTHER:
            return patients.send(self.store, speaker.patient, kept.text, cause, now)
        return patients.write(self.store, speaker.patient, kept.text, cause, now)

    def _patient_pressed(
        self,
        chat: ChatId,
        press: PatientPress,
        message: MessageId,
        cause_key: str,
        now: datetime,
    ) -> Decision:
        """A patient's button counts in the patient's chat and in a carer's only; a card is for whoever presses it."""
        speakers = self.store.speakers_of(chat)
        actor: Actor = next((found for found in speakers if found.patient == press.patient), ByStranger())
        cause = Cause(cause_key, actor)
        clinic = self.store.clinic()
        if policy.allowed(actor, Action.ANSWER, clinic, press.patient):
            assert isinstance(actor, ByPatient | ByCarer), "nobody else answers in a chat"
            heard = self._speaker_pressed(actor, press, message, cause, now)
            if heard is not None:
                return heard
        self.store.record_refusal(cause, Action.ANSWER, press.patient, now)
        if isinstance(press, CardPress) and press.card is not None:
            card = card_to_chat(clinic, chat, press.card, press.language, now)
            return self.store.transact_clinic(cause, lambda _: Decision(outgoing=(card,)))
        return Decision(notice=staff_notice(clinic, "replies/notices/over"))

    def _speaker_pressed(
        self,
        by: Speaker,
        press: PatientPress,
        message: MessageId,
        cause: Cause,
        now: datetime,
    ) -> Decision | None:
        """None where the button is not this person's: who takes part, and as what, only the patient says."""
        if isinstance(press, CarerPress):
            theirs = isinstance(by, ByCarer) and by.carer == press.carer
            return carers.press(self.store, press, message, cause, now) if theirs else None
        if isinstance(press, CommandPress):
            return self._command(by, press.command, press.argument, cause, now)
        if isinstance(by, ByCarer) and not isinstance(press, CheckInPress | AnytimePress):
            return None
        if isinstance(press, AnytimePress):
            return anytime.press(self.store, press, message, cause, now)
        return patients.press(self.store, press, message, cause, now)

    def _addressed(
        self,
        chat: ChatId,
        cause_key: str,
        now: datetime,
        text: str = "",
        *,
        urgent: bool = False,
        language: Language | None = None,
    ) -> Decision:
        """Somebody came without a link: a patient, a staff member, or a stranger, who may be in need all the same."""
        speakers = self.store.speakers_of(chat)
        if speakers:
            decision = Decision()
            for speaker in speakers:  # what waits for each of them
                key = cause_key if len(speakers) == 1 else f"{cause_key}/{speaker.patient}"
                decision += patients.come(self.store, speaker, Cause(key, speaker), now)
            return decision
        by = self.store.staff_of(chat)
        cause = Cause(cause_key, ByStranger() if by is None else ByStaff(by))

        def decide(clinic: Clinic) -> Decision:
            member = None if by is None else clinic.member(by)
            if member is None:
                return enrolment.refuse_stranger(clinic, chat, text, now, language, urgent=urgent)
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
