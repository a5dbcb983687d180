"""Charts, clinics and programmes for tests: complete, small, and with the one thing that a test is about in sight.

The world they come from: a spine clinic in Berlin, open Monday to Friday from 08:00 to 18:00; an operation on Monday
2 March 2026; a patient who is asked at 09:00.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from followupbot.domain import alerts
from followupbot.domain.alert_state import Flag
from followupbot.domain.care_protocol import (
    OUTCOMES,
    AlertOutcome,
    Asked,
    AtClosing,
    CareProtocol,
    Expecting,
    HelpCheck,
    Paging,
    Unscheduled,
    Within,
    WorkingDays,
)
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import (
    AlertDetail,
    Clinic,
    ClinicSettings,
    OpeningHours,
    Programme,
    Role,
    StaffBlocked,
    StaffInvited,
    StaffJoined,
    StaffLeft,
    StaffMember,
)
from followupbot.domain.comparisons import AtLeast, BaselineConfirmed, Is
from followupbot.domain.conditions import All, Not
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import Invitation, Plan
from followupbot.domain.facts import ChartFact, Fact
from followupbot.domain.facts.alerts import AlertRaised, AlertResolved, AlertTaken
from followupbot.domain.facts.check_ins import CheckInAsked, CheckInBegun, QuestionAnswered
from followupbot.domain.facts.enrolment import ConsentGiven, PatientConnected, PatientEnrolled, PatientInvited
from followupbot.domain.folding import fold
from followupbot.domain.gates import Gate, GateItem
from followupbot.domain.ids import (
    AlertId,
    CardId,
    ChatId,
    CheckInId,
    Concern,
    Language,
    MessageId,
    ProtocolKey,
    QuestionId,
    RuleId,
    StaffId,
    TimingId,
    TokenHash,
    TopicId,
    Version,
)
from followupbot.domain.lexicon import Lexicon, Theme
from followupbot.domain.outgoing import Outgoing, OutgoingMessage, ToChat, ToClinician, ToGroup, ToPatient
from followupbot.domain.patient_code import complete
from followupbot.domain.presses import Choice as Button
from followupbot.domain.questions import Choice, Scale
from followupbot.domain.replies import Answer
from followupbot.domain.rules import Rule, Tier, Trace
from followupbot.domain.schedule import Offset, PartialDate, Timing, resolve

BERLIN = "Europe/Berlin"
PATIENT = complete("7F3K")
OTHER_PATIENT = complete("8WQ2")
PATIENTS_CHAT = ChatId("patients-chat")
CHECK_IN = CheckInId(1)
ALERT = AlertId(1)
MESSAGE = MessageId(77)
V1 = Version("v1")
LUMBAR = ProtocolKey("lumbar_fusion")

GATE = QuestionId("gate_bladder")
BLADDER = QuestionId("rf_bladder_feel")
SADDLE = QuestionId("rf_saddle")
GATE_BREATH = QuestionId("gate_breath")
BREATH = QuestionId("rf_breath")
BACK_PAIN = QuestionId("back_pain")
PAIN_EASED = QuestionId("pain_eased")
WEAKNESS = QuestionId("leg_weakness")
MOOD = QuestionId("mood")
FULL_FORM = (GATE, GATE_BREATH, BACK_PAIN, PAIN_EASED, WEAKNESS, MOOD)


def at(text: str, zone: str = BERLIN) -> datetime:
    """`2026-03-16 09:00` on a wall clock there, as an instant."""
    wall = datetime.fromisoformat(text)
    return resolve(wall.date(), wall.time(), zone)


def a_day(text: str) -> date:
    """`2026-03-16`."""
    return date.fromisoformat(text)


ENROLLED_AT = at("2026-03-09 10:00")
NOW = at("2026-03-09 10:05")
"""A Monday, seven days after the operation, in opening hours, with the first check-in open."""


# -- the clinic --------------------------------------------------------------------------------------------------------


def a_member(staff: str, name: str, role: Role) -> StaffMember:
    """Somebody who has joined, in a chat of their own."""
    return StaffMember(StaffId(staff), name, role, StaffJoined(ChatId(f"chat-of-{name}")))


DR_ITO = a_member("s1", "dr_ito", Role.CLINICIAN)
DR_SATO = a_member("s2", "dr_sato", Role.LEAD)
ADA = a_member("s3", "ada", Role.ADMIN)


def invited(member: StaffMember) -> StaffMember:
    """The same person, before they have used their link."""
    return replace(member, state=StaffInvited(TokenHash(f"token-of-{member.name}"), at("2026-03-20 10:00")))


def blocked(member: StaffMember) -> StaffMember:
    """The same person, whose chat refuses us."""
    assert member.chat is not None
    return replace(member, state=StaffBlocked(member.chat))


def gone(member: StaffMember) -> StaffMember:
    """The same person, after they have left."""
    return replace(member, state=StaffLeft())


def some_hours(zone: str = BERLIN, closed_on: Iterable[str] = ()) -> OpeningHours:
    """Monday to Friday from 08:00 to 18:00."""
    weekly = {weekday: (time(8), time(18)) for weekday in range(5)}
    return OpeningHours(zone, weekly, frozenset(a_day(day) for day in closed_on))


def some_settings(
    ladder: Sequence[Role] = (Role.CLINICIAN, Role.LEAD),
    hours: OpeningHours | None = None,
    detail: AlertDetail = AlertDetail.CONCERN,
) -> ClinicSettings:
    """What `clinic.yaml` says."""
    return ClinicSettings(
        name="Spine clinic",
        hours=hours or some_hours(),
        ladder=tuple(ladder),
        language=Language("en"),
        alert_detail=detail,
    )


TERMS = {
    Language("en"): {
        Theme.STOP: ("stop", "no more messages"),
        Theme.GATE: ("leak*", "pee"),
        Theme.CRISIS: ("want to die",),
        Theme.DEATH: ("died",),
        Theme.ADMISSION: ("in hospital",),
    },
    Language("es"): {
        Theme.STOP: ("stop", "baja", "no mas mensajes"),
        Theme.GATE: ("escap*", "orin*"),
        Theme.CRISIS: ("quiero morir*",),
        Theme.DEATH: ("murio", "fallecio"),
        Theme.ADMISSION: ("en el hospital",),
    },
}
"""A few words of each language, as `lexicon.yaml` lists them."""


def a_programme(
    protocol: CareProtocol | None = None, settings: ClinicSettings | None = None, version: Version = V1
) -> Programme:
    """One published version, in English and Spanish."""
    chosen = protocol or a_protocol()
    lexicons = {language: Lexicon(terms) for language, terms in TERMS.items()}
    return Programme(version, {chosen.key: chosen}, settings or some_settings(), tuple(lexicons), lexicons)


def a_clinic(staff: Sequence[StaffMember] = (DR_ITO, DR_SATO, ADA), programme: Programme | None = None) -> Clinic:
    """The clinic as it is once it has published and its people have joined."""
    published = programme or a_programme()
    return Clinic(version=1, staff=tuple(staff), programme_version=published.version, programme=published)


# -- the care protocol -------------------------------------------------------------------------------------------------


def an_emergency(rule: str, item: QuestionId, concern: str, card: str) -> Rule:
    """A rule that fires when the item is new."""
    return Rule(RuleId(rule), Is(item, "new"), Tier.EMERGENCY, Concern(concern), card=CardId(card))


ASKED = (
    Asked(Gate(GATE, (GateItem(BLADDER, Concern("bladder_bowel")), GateItem(SADDLE, Concern("feeling"))))),
    Asked(Gate(GATE_BREATH, (GateItem(BREATH, Concern("clot"), as_before=False),))),
    Asked(Scale(BACK_PAIN)),
    Asked(Choice(PAIN_EASED, ("yes", "partly", "no")), ask_if=AtLeast(BACK_PAIN, 7)),
    Asked(Choice(WEAKNESS, ("no", "a_bit", "clearly"))),
    Asked(Choice(MOOD, ("good", "mixed", "low")), private=True),
)

RULES = (
    an_emergency("bladder_new", BLADDER, "bladder_bowel", "cauda_equina"),
    an_emergency("saddle_new", SADDLE, "feeling", "cauda_equina"),
    an_emergency("breath_new", BREATH, "clot", "breathing"),
    Rule(RuleId("bladder_before"), Is(BLADDER, "as_before"), Tier.SAME_DAY, Concern("bladder_bowel")),
    Rule(RuleId("saddle_before"), Is(SADDLE, "as_before"), Tier.SAME_DAY, Concern("feeling")),
    Rule(
        RuleId("pain_severe"),
        All((AtLeast(BACK_PAIN, 8), Not(Is(PAIN_EASED, "yes")))),
        Tier.SAME_DAY,
        Concern("pain"),
        version=3,
        education=TopicId("back_pain"),
    ),
    Rule(
        RuleId("weak_clear"),
        Is(WEAKNESS, "clearly"),
        Tier.SAME_DAY,
        Concern("weakness"),
        education=TopicId("weakness"),
    ),
    Rule(
        RuleId("weak_slight"),
        Is(WEAKNESS, "a_bit"),
        Tier.THIS_WEEK,
        Concern("weakness"),
        education=TopicId("weakness"),
    ),
    Rule(RuleId("mood_low"), Is(MOOD, "low"), Tier.ROUTINE, Concern("mood"), education=TopicId("mood")),
    Rule(RuleId("mood_mixed"), Is(MOOD, "mixed"), Tier.RECORD, Concern("mood")),
)

EMERGENCY_STEP = timedelta(minutes=5)
SAME_DAY_STEP = timedelta(minutes=30)

LADDER = {
    Tier.EMERGENCY: Paging(
        Within(timedelta(minutes=5)),
        (EMERGENCY_STEP, EMERGENCY_STEP),
        True,
        again_after=timedelta(minutes=30),
        help_check=HelpCheck(timedelta(hours=2), timedelta(hours=1)),
    ),
    Tier.SAME_DAY: Paging(AtClosing(), (SAME_DAY_STEP, SAME_DAY_STEP), again_after=timedelta(hours=4)),
    Tier.THIS_WEEK: Paging(WorkingDays(5)),
    Tier.ROUTINE: Paging(Within(timedelta(weeks=6))),
}


def a_timing(name: str, offset: Offset, open_for: int, repeat: Offset | None = None) -> Timing:
    """Asks the full form; `open_for` is in days."""
    return Timing(TimingId(name), offset, FULL_FORM, timedelta(days=open_for), repeat)


TIMINGS = (
    a_timing("baseline", Offset(), 7),
    a_timing("two_weeks", Offset(days=14), 7),
    a_timing("six_weeks", Offset(days=42), 14),
    a_timing("three_months", Offset(months=3), 21),
    a_timing("six_months", Offset(months=6), 30),
    a_timing("yearly", Offset(months=12), 60, repeat=Offset(months=12)),
)


def a_protocol(
    asked: Sequence[Asked] = ASKED,
    rules: Sequence[Rule] = RULES,
    timings: Sequence[Timing] = TIMINGS,
    ladder: Mapping[Tier, Paging] | None = None,
) -> CareProtocol:
    """Two gate screens, a scale, a question that depends on it, two choices; a rule for every tier."""
    return CareProtocol(
        key=LUMBAR,
        asked=tuple(asked),
        rules=tuple(rules),
        timings=tuple(timings),
        ladder=LADDER if ladder is None else ladder,
        at_enrolment=TimingId("baseline"),
        urgent=Unscheduled((GATE, GATE_BREATH), timedelta(days=1)),
        report=Unscheduled((GATE, GATE_BREATH, BACK_PAIN, WEAKNESS), timedelta(days=2)),
    )


def a_whole_protocol() -> CareProtocol:
    """The same with all that whoever has an alert may do: findings may be expected, a numbness confirmed to be old."""
    before, feeling = Is(SADDLE, "as_before"), Concern("feeling")
    unknown = Rule(RuleId("saddle_before"), All((before, Not(BaselineConfirmed(SADDLE)))), Tier.SAME_DAY, feeling)
    known = Rule(RuleId("saddle_known"), All((before, BaselineConfirmed(SADDLE))), Tier.ROUTINE, feeling)
    return replace(
        a_protocol(rules=(*(rule for rule in RULES if rule.id != unknown.id), unknown, known)),
        expecting=Expecting(("known_to_team", "healing"), (timedelta(days=7), timedelta(days=28))),
        outcomes=(*OUTCOMES, AlertOutcome("baseline_confirmed", confirms_baseline=True)),
    )


# -- the chart ---------------------------------------------------------------------------------------------------------


def a_plan(
    surgery_on: str = "2026-03-02",
    zone: str = BERLIN,
    born: int | None = 1958,
    ask_at: time = time(9),
    language: str = "en",
) -> Plan:
    """What the invitation knows."""
    return Plan(LUMBAR, PartialDate.parse(surgery_on), zone, Language(language), ask_at, born)


def an_invited_chart(plan: Plan | None = None, clinic: Clinic | None = None) -> Chart:
    """A patient whose link, with the token `token`, is out until 16 March, 10:00."""
    invitation = Invitation(TokenHash("token"), at("2026-03-16 10:00"))
    return fold(_empty(clinic), (PatientInvited(ENROLLED_AT, plan or a_plan(), invitation),))


def an_enrolled_chart(
    plan: Plan | None = None, clinic: Clinic | None = None, enrolled_at: datetime = ENROLLED_AT, operated: bool = True
) -> Chart:
    """A patient who takes part and has not been asked anything."""
    return fold(
        an_invited_chart(plan, clinic),
        (
            PatientConnected(enrolled_at, PATIENTS_CHAT),
            ConsentGiven(enrolled_at, V1, Language("en")),
            PatientEnrolled(enrolled_at, enrolled_at.date(), operated),
        ),
    )


def a_chart(
    answers: Sequence[str] = (),
    *,
    begun: bool = True,
    plan: Plan | None = None,
    clinic: Clinic | None = None,
    form: Sequence[QuestionId] = FULL_FORM,
    expires_at: datetime | None = None,
) -> Chart:
    """A patient in the middle of the first check-in, who has said `answers`, such as `back_pain: 3`."""
    chart = an_enrolled_chart(plan, clinic)
    expires = expires_at or ENROLLED_AT + timedelta(days=7)
    facts: list[ChartFact] = [CheckInAsked(ENROLLED_AT, CHECK_IN, TimingId("baseline"), V1, tuple(form), expires)]
    if begun:
        facts.append(CheckInBegun(ENROLLED_AT, CHECK_IN))
    for said in answers:
        answer = an_answer(said)
        facts.append(QuestionAnswered(ENROLLED_AT, CHECK_IN, answer.question, answer.value))
    return fold(chart, facts)


def an_answer(said: str) -> Answer:
    """`back_pain: 3`."""
    question, _, value = said.partition(": ")
    return Answer(QuestionId(question), int(value) if value.isdecimal() else value)


def a_flag(tier: Tier, check_in: int = 1, concern: str = "weakness", rule: str = "weak_clear") -> Flag:
    """A finding of that tier."""
    return Flag(CheckInId(check_in), tier, Concern(concern), Trace(RuleId(rule), 1, ()), NOW)


def an_alerted_chart(tier: Tier, now: datetime = NOW, clinic: Clinic | None = None) -> Chart:
    """A patient whose first check-in is open and has raised an alert of that tier, whose first page is out if due."""
    chart = a_chart(clinic=clinic)
    return after(chart, alerts.raise_flag(chart, a_flag(tier), now))


def a_taken_chart(tier: Tier, now: datetime = NOW, clinic: Clinic | None = None) -> Chart:
    """The same, and Dr Ito has taken it at once."""
    chart = an_alerted_chart(tier, now, clinic)
    return after(chart, alerts.take(chart, ALERT, DR_ITO, now))


def with_clinic(chart: Chart, clinic: Clinic) -> Chart:
    """The same chart, at a clinic that has changed."""
    return replace(chart, clinic=clinic, programmes={**chart.programmes, clinic.published.version: clinic.published})


def _empty(clinic: Clinic | None) -> Chart:
    chosen = clinic or a_clinic()
    return Chart(PATIENT, clinic=chosen, programmes={chosen.published.version: chosen.published})


# -- what came of it ---------------------------------------------------------------------------------------------------


def after(chart: Chart, decision: Decision) -> Chart:
    """The chart once the decision is kept."""
    return fold(chart, chart_facts(decision.facts))


def chart_facts(facts: Iterable[Fact]) -> tuple[ChartFact, ...]:
    """The facts of a decision about a chart."""
    return tuple(fact for fact in facts if isinstance(fact, ChartFact))


def kinds(decision: Decision) -> list[str]:
    """The facts, by kind."""
    return [fact.kind for fact in decision.facts]


def messages(decision: Decision) -> list[OutgoingMessage]:
    """What is sent, leaving out what happens to messages that were sent before."""
    return [message for message in decision.outgoing if isinstance(message, OutgoingMessage)]


def sent(decision: Decision) -> list[str]:
    """`dr_ito: alerts/new` for each message; other people by their ids."""
    return [f"{_who(message)}: {message.message}" for message in messages(decision)]


def notice(decision: Decision) -> str | None:
    """What the one who pressed sees."""
    return None if decision.notice is None else decision.notice.message


def buttons(outgoing: Outgoing) -> list[Button]:
    """The buttons, row by row."""
    assert isinstance(outgoing, OutgoingMessage)
    return [button for row in outgoing.choices for button in row]


def labels(outgoing: Outgoing) -> list[str]:
    """The buttons' labels, row by row."""
    return [button.label for button in buttons(outgoing)]


def _who(message: OutgoingMessage) -> str:
    names = {member.id: member.name for member in (DR_ITO, DR_SATO, ADA)}
    match message.to:
        case ToPatient():
            return "patient"
        case ToClinician(staff):
            return names.get(staff, staff)
        case ToGroup(group):
            return group
        case ToChat(chat):
            return chat


def a_raising(tier: Tier) -> AlertRaised:
    """The fact that begins an alert on which nobody is paged."""
    raised = alerts.raise_flag(a_chart(), a_flag(tier), NOW).facts[0]
    assert isinstance(raised, AlertRaised)
    return raised


def a_whole_alert(alert: int, tier: Tier = Tier.THIS_WEEK, check_in: int = 1) -> tuple[ChartFact, ...]:
    """Raised, taken and resolved."""
    number = AlertId(alert)
    raised = replace(a_raising(tier), alert=number, flag=a_flag(tier, check_in))
    return (
        raised,
        AlertTaken(NOW, number, DR_ITO.id, None),
        AlertResolved(NOW, number, DR_ITO.id, "called"),
    )
