"""What has happened, in the past tense. Facts are the record: a chart or a clinic is what folding them gives."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from followupbot.domain.alert_state import Expectation, Flag, Ladder
from followupbot.domain.check_in_state import EndReason
from followupbot.domain.clinic import Role, Unready
from followupbot.domain.enrolment_state import HaltReason, Invitation, Plan
from followupbot.domain.ids import (
    AlertId,
    CardId,
    CarerId,
    ChatId,
    CheckInId,
    GroupId,
    Language,
    PatientId,
    QuestionId,
    RuleId,
    StaffId,
    TimingId,
    TokenHash,
    Version,
)
from followupbot.domain.questions import Value
from followupbot.domain.rota_state import Leave
from followupbot.domain.rules import Tier
from followupbot.domain.schedule import PartialDate
from followupbot.domain.scores import Figure

# -- about a patient ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PatientInvited:
    """A link for a new patient went out."""

    at: datetime
    plan: Plan
    invitation: Invitation
    kind: Literal["patient_invited"] = "patient_invited"


@dataclass(frozen=True)
class PatientAdded:
    """Staff took in a patient who has no chat: they are called instead."""

    at: datetime
    plan: Plan
    kind: Literal["patient_added"] = "patient_added"


@dataclass(frozen=True)
class InvitationRenewed:
    """A new link went out; older ones lead nowhere from now on."""

    at: datetime
    invitation: Invitation
    kind: Literal["invitation_renewed"] = "invitation_renewed"


@dataclass(frozen=True)
class PatientConnected:
    """The link was used: this is the patient's chat from now on."""

    at: datetime
    chat: ChatId
    kind: Literal["patient_connected"] = "patient_connected"


@dataclass(frozen=True)
class ScreenRead:
    """The patient went on from that screen of what consent is about."""

    at: datetime
    screen: int
    kind: Literal["screen_read"] = "screen_read"


@dataclass(frozen=True)
class ConsentGiven:
    """The patient agreed to this text, in this language; from one who takes part already, it is the yearly word.

    `taken_by` heard it on the telephone; None where the patient said so in their own chat.
    """

    at: datetime
    text: Version
    language: Language
    taken_by: str | None = None
    kind: Literal["consent_given"] = "consent_given"


@dataclass(frozen=True)
class ConsentDeclined:
    """The patient did not agree."""

    at: datetime
    kind: Literal["consent_declined"] = "consent_declined"


@dataclass(frozen=True)
class BirthYearMistaken:
    """A year of birth was given that is not the invited patient's."""

    at: datetime
    kind: Literal["birth_year_mistaken"] = "birth_year_mistaken"


@dataclass(frozen=True)
class BirthYearConfirmed:
    """The year of birth that was given is the invited patient's."""

    at: datetime
    kind: Literal["birth_year_confirmed"] = "birth_year_confirmed"


@dataclass(frozen=True)
class PlanChanged:
    """The patient said in which language, in which zone and at which hour they are asked."""

    at: datetime
    language: Language
    zone: str
    ask_at: time
    kind: Literal["plan_changed"] = "plan_changed"


@dataclass(frozen=True)
class PlanConfirmed:
    """The patient said that language, zone and hour are right."""

    at: datetime
    kind: Literal["plan_confirmed"] = "plan_confirmed"


@dataclass(frozen=True)
class TeachBackAnswered:
    """The patient said what they do when something red happens; `tries` counts from 1, and the last is right."""

    at: datetime
    answer: str
    right: bool
    tries: int
    kind: Literal["teach_back_answered"] = "teach_back_answered"


@dataclass(frozen=True)
class PatientEnrolled:
    """The patient takes part from now on; days of the schedule up to `asked_through` are never asked."""

    at: datetime
    asked_through: date
    operated: bool
    kind: Literal["patient_enrolled"] = "patient_enrolled"


@dataclass(frozen=True)
class PatientBlocked:
    """The patient's chat refuses our messages."""

    at: datetime
    kind: Literal["patient_blocked"] = "patient_blocked"


@dataclass(frozen=True)
class PatientUnblocked:
    """The patient's chat takes our messages again."""

    at: datetime
    kind: Literal["patient_unblocked"] = "patient_unblocked"


@dataclass(frozen=True)
class PatientStopped:
    """The patient wants to hear nothing more that we start."""

    at: datetime
    kind: Literal["patient_stopped"] = "patient_stopped"


@dataclass(frozen=True)
class PatientPaused:
    """The patient wants to hear nothing that we start until then."""

    at: datetime
    until: datetime
    kind: Literal["patient_paused"] = "patient_paused"


@dataclass(frozen=True)
class PatientResumed:
    """We write again when something is due: the patient wants it, or the pause is over."""

    at: datetime
    kind: Literal["patient_resumed"] = "patient_resumed"


@dataclass(frozen=True)
class DeletionRequested:
    """The patient wants what is kept about them deleted (clinical.md 0.17); nothing is started any more."""

    at: datetime
    kind: Literal["deletion_requested"] = "deletion_requested"


@dataclass(frozen=True)
class FollowUpHalted:
    """Staff recorded that the patient died, moved … (clinical.md 0.13): nothing is started, and no link leads in."""

    at: datetime
    reason: HaltReason
    kind: Literal["follow_up_halted"] = "follow_up_halted"


@dataclass(frozen=True)
class OperationConfirmed:
    """Staff recorded that the operation which lay ahead has been, and when: the schedule begins."""

    at: datetime
    surgery_on: PartialDate
    kind: Literal["operation_confirmed"] = "operation_confirmed"


@dataclass(frozen=True)
class OperationPostponed:
    """Staff recorded that the operation which lies ahead is on another day."""

    at: datetime
    surgery_on: PartialDate
    kind: Literal["operation_postponed"] = "operation_postponed"


@dataclass(frozen=True)
class PatientReoperated:
    """Staff recorded another operation: the schedule and what later pain is compared with begin anew from there."""

    at: datetime
    surgery_on: PartialDate
    kind: Literal["patient_reoperated"] = "patient_reoperated"


@dataclass(frozen=True)
class LegalHoldPlaced:
    """Nothing about the patient may be erased or run out until it is released; why stands under `note`."""

    at: datetime
    note: str
    kind: Literal["legal_hold_placed"] = "legal_hold_placed"


@dataclass(frozen=True)
class LegalHoldReleased:
    """The hold has ended."""

    at: datetime
    kind: Literal["legal_hold_released"] = "legal_hold_released"


@dataclass(frozen=True)
class TravelBegan:
    """The patient is in another zone until then."""

    at: datetime
    zone: str
    until: datetime
    kind: Literal["travel_began"] = "travel_began"


@dataclass(frozen=True)
class TravelEnded:
    """The patient's own zone holds again."""

    at: datetime
    kind: Literal["travel_ended"] = "travel_ended"


@dataclass(frozen=True)
class InitialsChosen:
    """What stands before each message about the patient in a chat that follows several."""

    at: datetime
    initials: str
    kind: Literal["initials_chosen"] = "initials_chosen"


@dataclass(frozen=True)
class CarerInvited:
    """A link for somebody who helps went out, by the patient or by staff with the patient's agreement."""

    at: datetime
    carer: CarerId
    token_hash: TokenHash
    expires_at: datetime
    kind: Literal["carer_invited"] = "carer_invited"


@dataclass(frozen=True)
class CarerConnected:
    """The link was used in that chat; whether they help is asked there."""

    at: datetime
    carer: CarerId
    chat: ChatId
    kind: Literal["carer_connected"] = "carer_connected"


@dataclass(frozen=True)
class CarerJoined:
    """The carer helps from now on."""

    at: datetime
    carer: CarerId
    kind: Literal["carer_joined"] = "carer_joined"


@dataclass(frozen=True)
class CarerLeft:
    """The carer helps no more, or never did: `by` is who ended it."""

    at: datetime
    carer: CarerId
    by: Literal["carer", "patient", "staff"]
    kind: Literal["carer_left"] = "carer_left"


@dataclass(frozen=True)
class CarerBlocked:
    """The carer's chat refuses our messages."""

    at: datetime
    carer: CarerId
    kind: Literal["carer_blocked"] = "carer_blocked"


@dataclass(frozen=True)
class CarerUnblocked:
    """The carer's chat takes our messages again."""

    at: datetime
    carer: CarerId
    kind: Literal["carer_unblocked"] = "carer_unblocked"


@dataclass(frozen=True)
class CheckInAsked:
    """A check-in was put to the patient. `for_day` is the schedule's day; None where it was not the schedule's."""

    at: datetime
    check_in: CheckInId
    timing: TimingId
    version: Version
    form: tuple[QuestionId, ...]
    expires_at: datetime
    for_day: date | None = None
    remind_at: tuple[datetime, ...] = ()
    kind: Literal["check_in_asked"] = "check_in_asked"


@dataclass(frozen=True)
class OccasionSkipped:
    """The schedule had a day that was not asked, and why: nothing is dropped without a trace."""

    at: datetime
    timing: TimingId
    for_day: date
    reason: str
    kind: Literal["occasion_skipped"] = "occasion_skipped"


@dataclass(frozen=True)
class OccasionCancelled:
    """Staff took that day out of what is to be asked."""

    at: datetime
    day: date
    kind: Literal["occasion_cancelled"] = "occasion_cancelled"


@dataclass(frozen=True)
class OccasionAdded:
    """Staff want these questions asked on that day."""

    at: datetime
    on: date
    form: tuple[QuestionId, ...]
    open_for: timedelta
    reminders: tuple[timedelta, ...] = ()
    kind: Literal["occasion_added"] = "occasion_added"


@dataclass(frozen=True)
class CheckInBegun:
    """The patient pressed Start."""

    at: datetime
    check_in: CheckInId
    kind: Literal["check_in_begun"] = "check_in_begun"


@dataclass(frozen=True)
class CheckInReminded:
    """The patient was reminded; `number` counts from 1."""

    at: datetime
    check_in: CheckInId
    number: int
    kind: Literal["check_in_reminded"] = "check_in_reminded"


@dataclass(frozen=True)
class ReminderWithheld:
    """A reminder was due and not sent, and why: `urgent_flag` while one is open, `late` where a newer was due too.

    `stopped` or `paused` where the patient has gone back to answers after that.
    """

    at: datetime
    check_in: CheckInId
    number: int
    reason: str
    kind: Literal["reminder_withheld"] = "reminder_withheld"


@dataclass(frozen=True)
class QuestionAnswered:
    """The patient answered one question, or one item of a gate screen.

    `entered_by` heard it on the telephone; `carer` gave it for the patient; both None where it came from the patient's
    own chat.
    """

    at: datetime
    check_in: CheckInId
    question: QuestionId
    value: Value
    entered_by: str | None = None
    carer: CarerId | None = None
    kind: Literal["question_answered"] = "question_answered"


@dataclass(frozen=True)
class QuestionReopened:
    """The patient went back to a question that has its answer. None: they let the answer stand."""

    at: datetime
    check_in: CheckInId
    question: QuestionId | None
    kind: Literal["question_reopened"] = "question_reopened"


@dataclass(frozen=True)
class ScoreRecorded:
    """A score was made of its items. None: too many of them were missing."""

    at: datetime
    check_in: CheckInId
    score: QuestionId
    value: Figure | None
    kind: Literal["score_recorded"] = "score_recorded"


@dataclass(frozen=True)
class RecheckPlanned:
    """A rule that fired in that check-in wants a smaller form asked on that day."""

    at: datetime
    check_in: CheckInId
    rule: RuleId
    on: date
    form: tuple[QuestionId, ...]
    open_for: timedelta
    reminders: tuple[timedelta, ...] = ()
    kind: Literal["recheck_planned"] = "recheck_planned"


@dataclass(frozen=True)
class CheckInCompleted:
    """Every question that applies has its answer."""

    at: datetime
    check_in: CheckInId
    kind: Literal["check_in_completed"] = "check_in_completed"


@dataclass(frozen=True)
class CheckInCutShort:
    """An emergency was reported: the rest of the check-in is dropped."""

    at: datetime
    check_in: CheckInId
    kind: Literal["check_in_cut_short"] = "check_in_cut_short"


@dataclass(frozen=True)
class CheckInExpired:
    """Its time is over. `missed`: not even the gate was finished."""

    at: datetime
    check_in: CheckInId
    missed: bool
    kind: Literal["check_in_expired"] = "check_in_expired"


@dataclass(frozen=True)
class CheckInReplaced:
    """The patient asked for the red-flag screens anew: another check-in asks them, and what was left of this one."""

    at: datetime
    check_in: CheckInId
    kind: Literal["check_in_replaced"] = "check_in_replaced"


@dataclass(frozen=True)
class CheckInEnded:
    """The patient stopped, or paused, while it was open, or staff recorded why it is pointless. It is no miss."""

    at: datetime
    check_in: CheckInId
    reason: EndReason
    kind: Literal["check_in_ended"] = "check_in_ended"


@dataclass(frozen=True)
class NoteReceived:
    """The patient wrote, or sent, something for people to read. `note` refers to it; it stands elsewhere.

    Somebody is to read it by `review_by`; None in what was recorded before there was such a time.
    """

    at: datetime
    note: str
    review_by: datetime | None = None
    kind: Literal["note_received"] = "note_received"


@dataclass(frozen=True)
class NotesRead:
    """Staff have read these, and nothing is held back any more."""

    at: datetime
    notes: tuple[str, ...]
    kind: Literal["notes_read"] = "notes_read"


@dataclass(frozen=True)
class TextAnswered:
    """Staff answered what the patient wrote with these words, `replies/staff/<reply>`."""

    at: datetime
    by: StaffId
    reply: str
    kind: Literal["text_answered"] = "text_answered"


@dataclass(frozen=True)
class IdentityEntered:
    """Staff entered who the patient is. `note` refers to it; it stands elsewhere. `phone`: a number is in it."""

    at: datetime
    note: str
    phone: bool
    kind: Literal["identity_entered"] = "identity_entered"


@dataclass(frozen=True)
class PatientHeld:
    """Words for a death or a stay in hospital came (`reason`): we start nothing until staff have read them."""

    at: datetime
    reason: str
    note: str
    kind: Literal["patient_held"] = "patient_held"


@dataclass(frozen=True)
class FlagRecorded:
    """A flag of tier record: it is kept, and nobody is told."""

    at: datetime
    flag: Flag
    kind: Literal["flag_recorded"] = "flag_recorded"


@dataclass(frozen=True)
class AlertRaised:
    """A clinician must take this in hand."""

    at: datetime
    alert: AlertId
    flag: Flag
    ladder: Ladder
    due_at: datetime
    page_at: datetime | None
    kind: Literal["alert_raised"] = "alert_raised"


@dataclass(frozen=True)
class FlagJoined:
    """A further flag belongs to an alert that has no outcome yet."""

    at: datetime
    alert: AlertId
    flag: Flag
    kind: Literal["flag_joined"] = "flag_joined"


@dataclass(frozen=True)
class AlertRaisedAgain:
    """A worse tier joined: it is open again from the first step, whoever had it."""

    at: datetime
    alert: AlertId
    tier: Tier
    ladder: Ladder
    due_at: datetime
    page_at: datetime | None
    kind: Literal["alert_raised_again"] = "alert_raised_again"


@dataclass(frozen=True)
class AlertPaged:
    """A step of the ladder was paged; `staff` is empty where nobody on it can be reached."""

    at: datetime
    alert: AlertId
    step: int
    staff: tuple[StaffId, ...]
    next_step: int
    page_at: datetime
    kind: Literal["alert_paged"] = "alert_paged"


@dataclass(frozen=True)
class AlertTaken:
    """A clinician has the alert in hand."""

    at: datetime
    alert: AlertId
    by: StaffId
    reopen_at: datetime | None
    kind: Literal["alert_taken"] = "alert_taken"


@dataclass(frozen=True)
class AlertReopened:
    """It pages from the first step again: taken, but no outcome in time; or open, but the clinic closed meanwhile.

    Without `page_at` nobody is buzzed for it, and it is open in the list: who had it has left.
    """

    at: datetime
    alert: AlertId
    page_at: datetime | None
    kind: Literal["alert_reopened"] = "alert_reopened"


@dataclass(frozen=True)
class AlertResolved:
    """A human has said how it ended."""

    at: datetime
    alert: AlertId
    by: StaffId
    outcome: str
    kind: Literal["alert_resolved"] = "alert_resolved"


@dataclass(frozen=True)
class AlertOffered:
    """Who has the alert wants that colleague to take it over; until they do it is theirs, and its time runs on."""

    at: datetime
    alert: AlertId
    by: StaffId
    to: StaffId
    kind: Literal["alert_offered"] = "alert_offered"


@dataclass(frozen=True)
class BaselineConfirmed:
    """A clinician has spoken to the patient: what these items tell of was there before, and is unchanged (0.2)."""

    at: datetime
    alert: AlertId
    by: StaffId
    items: tuple[QuestionId, ...]
    kind: Literal["baseline_confirmed"] = "baseline_confirmed"


@dataclass(frozen=True)
class FindingsExpected:
    """Findings like those of that alert are told to nobody for a while; at `review_at` the lead hears of them."""

    at: datetime
    alert: AlertId
    expected: tuple[Expectation, ...]
    review_at: datetime
    kind: Literal["findings_expected"] = "findings_expected"


@dataclass(frozen=True)
class ExpectedFlagRecorded:
    """A flag that was expected: it is kept, and nobody is told."""

    at: datetime
    flag: Flag
    kind: Literal["expected_flag_recorded"] = "expected_flag_recorded"


@dataclass(frozen=True)
class ExpectationsReviewed:
    """The lead was told what is expected, and will be again."""

    at: datetime
    review_at: datetime
    kind: Literal["expectations_reviewed"] = "expectations_reviewed"


@dataclass(frozen=True)
class ExpectationEnded:
    """What these rules find is told again. `by` is who wanted that; None: its time was over, or it came otherwise."""

    at: datetime
    rules: tuple[RuleId, ...]
    by: StaffId | None
    kind: Literal["expectation_ended"] = "expectation_ended"


@dataclass(frozen=True)
class CardSent:
    """The patient got that emergency card. At `ask_at` it is asked whether help is there; None: it is not."""

    at: datetime
    alert: AlertId
    card: CardId
    ask_at: datetime | None
    kind: Literal["card_sent"] = "card_sent"


@dataclass(frozen=True)
class HelpAsked:
    """The patient was asked whether help is there; silence until `repeat_at` is taken for "not yet"."""

    at: datetime
    alert: AlertId
    repeat_at: datetime
    kind: Literal["help_asked"] = "help_asked"


@dataclass(frozen=True)
class HelpAnswered:
    """The patient said whether help is there."""

    at: datetime
    alert: AlertId
    getting: bool
    kind: Literal["help_answered"] = "help_answered"


ChartFact = (
    PatientInvited
    | PatientAdded
    | InvitationRenewed
    | PatientConnected
    | ScreenRead
    | ConsentGiven
    | ConsentDeclined
    | BirthYearMistaken
    | BirthYearConfirmed
    | PlanChanged
    | PlanConfirmed
    | TeachBackAnswered
    | PatientEnrolled
    | PatientBlocked
    | PatientUnblocked
    | PatientStopped
    | PatientPaused
    | PatientResumed
    | DeletionRequested
    | FollowUpHalted
    | OperationConfirmed
    | OperationPostponed
    | PatientReoperated
    | LegalHoldPlaced
    | LegalHoldReleased
    | TravelBegan
    | TravelEnded
    | InitialsChosen
    | CarerInvited
    | CarerConnected
    | CarerJoined
    | CarerLeft
    | CarerBlocked
    | CarerUnblocked
    | CheckInAsked
    | OccasionSkipped
    | OccasionCancelled
    | OccasionAdded
    | CheckInBegun
    | CheckInReminded
    | ReminderWithheld
    | QuestionAnswered
    | QuestionReopened
    | ScoreRecorded
    | RecheckPlanned
    | CheckInCompleted
    | CheckInCutShort
    | CheckInExpired
    | CheckInEnded
    | CheckInReplaced
    | NoteReceived
    | NotesRead
    | TextAnswered
    | IdentityEntered
    | PatientHeld
    | FlagRecorded
    | AlertRaised
    | FlagJoined
    | AlertRaisedAgain
    | AlertPaged
    | AlertTaken
    | AlertReopened
    | AlertResolved
    | AlertOffered
    | BaselineConfirmed
    | FindingsExpected
    | ExpectedFlagRecorded
    | ExpectationsReviewed
    | ExpectationEnded
    | CardSent
    | HelpAsked
    | HelpAnswered
)

# -- about the clinic --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProgrammePublished:
    """Protocols, words and settings in this version are what new check-ins and alerts use."""

    at: datetime
    version: Version
    kind: Literal["programme_published"] = "programme_published"


@dataclass(frozen=True)
class BotNamed:
    """Telegram told us the bot's name, which links need."""

    at: datetime
    name: str
    kind: Literal["bot_named"] = "bot_named"


@dataclass(frozen=True)
class ZoneDataChanged:
    """The rules of time zones are of this version now: what is due at a time of day may be due at another instant."""

    at: datetime
    version: str
    kind: Literal["zone_data_changed"] = "zone_data_changed"


@dataclass(frozen=True)
class StaffMemberInvited:
    """A link for a new staff member went out, or a new one for somebody who had not joined."""

    at: datetime
    staff: StaffId
    name: str
    role: Role
    token_hash: TokenHash
    expires_at: datetime
    kind: Literal["staff_member_invited"] = "staff_member_invited"


@dataclass(frozen=True)
class StaffMemberJoined:
    """The link was used: this is their chat from now on."""

    at: datetime
    staff: StaffId
    chat: ChatId
    kind: Literal["staff_member_joined"] = "staff_member_joined"


@dataclass(frozen=True)
class StaffMemberRemoved:
    """They may do nothing any more."""

    at: datetime
    staff: StaffId
    kind: Literal["staff_member_removed"] = "staff_member_removed"


@dataclass(frozen=True)
class StaffMemberBlocked:
    """Their chat refuses our messages: they can't be paged."""

    at: datetime
    staff: StaffId
    kind: Literal["staff_member_blocked"] = "staff_member_blocked"


@dataclass(frozen=True)
class StaffMemberUnblocked:
    """Their chat takes our messages again."""

    at: datetime
    staff: StaffId
    kind: Literal["staff_member_unblocked"] = "staff_member_unblocked"


@dataclass(frozen=True)
class ReachAsked:
    """They were asked to show by a press that what we send is read. `whom` is a staff member's or a group's id."""

    at: datetime
    whom: str
    kind: Literal["reach_asked"] = "reach_asked"


@dataclass(frozen=True)
class ReachConfirmed:
    """A press has shown that what we send to that staff member, or that group, is read."""

    at: datetime
    whom: str
    by: StaffId
    kind: Literal["reach_confirmed"] = "reach_confirmed"


@dataclass(frozen=True)
class WeekAssigned:
    """These are on call in the week of that Monday, and nobody else; none: the week has nobody."""

    at: datetime
    monday: date
    staff: tuple[StaffId, ...]
    kind: Literal["week_assigned"] = "week_assigned"


@dataclass(frozen=True)
class LeaveEntered:
    """They are away from the first day through the last; it takes the place of whatever leave of theirs it overlaps."""

    at: datetime
    leave: Leave
    kind: Literal["leave_entered"] = "leave_entered"


@dataclass(frozen=True)
class LeaveEnded:
    """They are back, or will not be away: the leave that began, or was to begin, on that day holds no more."""

    at: datetime
    staff: StaffId
    first: date
    kind: Literal["leave_ended"] = "leave_ended"


@dataclass(frozen=True)
class GroupBound:
    """That group chat is paged with everybody of the role."""

    at: datetime
    group: GroupId
    chat: ChatId
    role: Role
    kind: Literal["group_bound"] = "group_bound"


@dataclass(frozen=True)
class GroupUnbound:
    """It is paged no more: somebody took it off the ladder, or the bot is no member of it any longer (`lost`)."""

    at: datetime
    group: GroupId
    lost: bool
    kind: Literal["group_unbound"] = "group_unbound"


@dataclass(frozen=True)
class LadderReported:
    """Lead and admin know on which steps nobody can be relied on; none: all are in order again."""

    at: datetime
    unready: tuple[Unready, ...]
    kind: Literal["ladder_reported"] = "ladder_reported"


@dataclass(frozen=True)
class OperatorNotified:
    """The operator was told something, in as many places as there are."""

    at: datetime
    key: str
    detail: str
    kind: Literal["operator_notified"] = "operator_notified"


@dataclass(frozen=True)
class DigestSent:
    """Leads and clinicians were sent that day's digest."""

    at: datetime
    day: date
    kind: Literal["digest_sent"] = "digest_sent"


@dataclass(frozen=True)
class HeadsSealed:
    """The heads of all chains, as they stood: `count` of them, and one digest over all."""

    at: datetime
    count: int
    digest: str
    kind: Literal["heads_sealed"] = "heads_sealed"


@dataclass(frozen=True)
class PatientErased:
    """Everything that was kept about the patient went, and their key with it. Nothing about health stands here."""

    at: datetime
    patient: PatientId
    reason: str
    copy_sha256: str | None
    kind: Literal["patient_erased"] = "patient_erased"


@dataclass(frozen=True)
class IntakeInterrupted:
    """Nothing was heard from patients for so long that Telegram may have dropped what they pressed."""

    at: datetime
    since: datetime
    until: datetime
    kind: Literal["intake_interrupted"] = "intake_interrupted"


@dataclass(frozen=True)
class InterruptionMended:
    """Everybody whose press may have been lost since then has been asked again."""

    at: datetime
    since: datetime
    kind: Literal["interruption_mended"] = "interruption_mended"


@dataclass(frozen=True)
class TroubleBegan:
    """The program found that something of it does not work: `key` names the words, `detail` says which."""

    at: datetime
    key: str
    detail: str
    kind: Literal["trouble_began"] = "trouble_began"


@dataclass(frozen=True)
class TroubleEnded:
    """That is over."""

    at: datetime
    key: str
    detail: str
    kind: Literal["trouble_ended"] = "trouble_ended"


@dataclass(frozen=True)
class CanaryPut:
    """The daily test of alerts has begun: a made-up press is on its way through the intake."""

    at: datetime
    number: int
    kind: Literal["canary_put"] = "canary_put"


@dataclass(frozen=True)
class CanaryRaised:
    """The made-up press has raised its alert, which goes to that staff member."""

    at: datetime
    number: int
    staff: StaffId
    kind: Literal["canary_raised"] = "canary_raised"


@dataclass(frozen=True)
class CanaryReceived:
    """Telegram has taken that alert."""

    at: datetime
    number: int
    kind: Literal["canary_received"] = "canary_received"


@dataclass(frozen=True)
class ClockDoubted:
    """The clock has jumped forward by so many seconds; until somebody has looked, nothing routine is done by it."""

    at: datetime
    seconds: int
    kind: Literal["clock_doubted"] = "clock_doubted"


@dataclass(frozen=True)
class ClockConfirmed:
    """Somebody has looked: the clock is right."""

    at: datetime
    kind: Literal["clock_confirmed"] = "clock_confirmed"


WatchFact = (
    IntakeInterrupted
    | InterruptionMended
    | TroubleBegan
    | TroubleEnded
    | CanaryPut
    | CanaryRaised
    | CanaryReceived
    | ClockDoubted
    | ClockConfirmed
)
"""By which the program watches itself."""

ClinicFact = (
    ProgrammePublished
    | BotNamed
    | ZoneDataChanged
    | StaffMemberInvited
    | StaffMemberJoined
    | StaffMemberRemoved
    | StaffMemberBlocked
    | StaffMemberUnblocked
    | ReachAsked
    | ReachConfirmed
    | WeekAssigned
    | LeaveEntered
    | LeaveEnded
    | GroupBound
    | GroupUnbound
    | LadderReported
    | OperatorNotified
    | DigestSent
    | HeadsSealed
    | PatientErased
    | WatchFact
)

Fact = ChartFact | ClinicFact
