"""Those who help a patient answer: who is written to, what they are not asked, and how it begins and ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.domain import (
    carers,
    check_ins,
    crisis,
    followers,
    lapses,
    manual,
    patient_page,
    prompts,
    review,
    writing,
)
from followupbot.domain.addressing import to_patient
from followupbot.domain.care_protocol import Asked
from followupbot.domain.carer_state import read_initials
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.decision import Actor, ByCarer, ByClock, ByPatient, Decision, FreeText
from followupbot.domain.facts.carers import CarerConnected, CarerInvited, CarerJoined, CarerLeft
from followupbot.domain.facts.check_ins import QuestionAnswered
from followupbot.domain.facts.enrolment import PatientConnected
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.facts.patient import PatientStopped
from followupbot.domain.folding import fold
from followupbot.domain.gates import Gate, GateItem
from followupbot.domain.ids import CardId, CarerId, ChatId, Concern, QuestionId, TokenHash
from followupbot.domain.outgoing import Lane, OutgoingMessage, ToChat, ToPatient
from followupbot.domain.params import Lines
from tests.builders import (
    ASKED,
    BLADDER,
    CHECK_IN,
    DR_ITO,
    GATE,
    MESSAGE,
    MOOD,
    NOW,
    PATIENT,
    SADDLE,
    a_chart,
    a_clinic,
    a_programme,
    a_protocol,
    after,
    kinds,
    messages,
    sent,
)

FIRST = CarerId(1)
CARERS_CHAT = ChatId("carers-chat")
A_WEEK = timedelta(days=7)
ALL_BUT_MOOD = (("gate_bladder", "none"), ("gate_breath", "none"), ("back_pain", "1"), ("leg_weakness", "no"))


def helped(speaks: bool = False, clinic: Clinic | None = None) -> Chart:
    """A first check-in has begun, and somebody helps; with `speaks` it is on their word that something is decided."""
    facts = (
        CarerInvited(NOW, FIRST, TokenHash("t"), NOW + A_WEEK),
        CarerConnected(NOW, FIRST, CARERS_CHAT),
        CarerJoined(NOW, FIRST),
    )
    return replace(fold(a_chart(clinic=clinic), facts), speaker=FIRST if speaks else None)


def chats(chart: Chart, by: Actor, decision: Decision) -> list[str]:
    """To whom each message goes: `own`, or `carer`."""
    spread = followers.spread(chart, fold(chart, decision.chart_facts), by, decision.outgoing)
    told = [item.to for item in spread if isinstance(item, OutgoingMessage)]
    return ["own" if isinstance(to, ToPatient) else "carer" for to in told if isinstance(to, ToPatient | ToChat)]


def test_what_we_start_goes_to_both_and_a_reply_to_whoever_spoke() -> None:
    """One answer is enough, whoever gives it."""
    chart = helped()
    begins = Decision(outgoing=(to_patient(chart, "check_ins/ready", key="x", lane=Lane.CHECK_IN, starts=True),))
    reply = Decision(outgoing=(to_patient(chart, "replies/help", key="y", lane=Lane.REPLY),))
    assert chats(chart, ByClock(), begins) == ["own", "carer"]
    assert chats(chart, ByPatient(PATIENT), reply) == ["own"]
    assert chats(chart, ByCarer(PATIENT, FIRST), reply) == ["carer"]


def test_a_card_goes_to_both_whoever_pressed() -> None:
    """And the one about thoughts of self-harm to nobody but whoever pressed."""
    chart = helped()
    red = check_ins.answer_press(chart, CHECK_IN, QuestionId("rf_bladder_feel"), "new", MESSAGE, NOW)
    cards = Decision(
        outgoing=tuple(
            item for item in red.outgoing if isinstance(item, OutgoingMessage) and item.message.startswith("cards/")
        )
    )
    for by in (ByPatient(PATIENT), ByCarer(PATIENT, FIRST)):
        assert sorted(chats(chart, by, cards)) == ["carer", "own"]
    hidden = crisis.press(chart, CardId("crisis"), NOW)
    assert set(chats(chart, ByPatient(PATIENT), hidden)) == {"own"}
    assert set(chats(chart, ByCarer(PATIENT, FIRST), hidden)) == {"carer"}


def test_a_carer_is_not_asked_what_is_private_and_the_patient_is() -> None:
    """Their answers say who gave them; the check-in waits for what is the patient's own."""
    chart = helped(speaks=True)
    assert MOOD not in [asked.question.id for asked in prompts.applicable(chart, chart.check_ins[0], NOW)]
    decision = Decision()
    for question, value in ALL_BUT_MOOD:
        decision = check_ins.answer_press(chart, CHECK_IN, QuestionId(question), value, MESSAGE, NOW)
        assert {fact.carer for fact in decision.facts if isinstance(fact, QuestionAnswered)} == {FIRST}
        chart = fold(chart, decision.chart_facts)
    assert sent(decision) == ["patient: check_ins/rest_is_private"]
    assert chart.check_ins[0].open
    assert check_ins.answer_press(chart, CHECK_IN, MOOD, "low", MESSAGE, NOW).facts == ()
    own = check_ins.answer_press(replace(chart, speaker=None), CHECK_IN, MOOD, "good", MESSAGE, NOW)
    assert "check_in_completed" in kinds(own)


@pytest.mark.parametrize(("says", "tiers"), [("none", []), ("new", ["emergency"])])
def test_a_screen_that_a_carer_denied_asks_the_patient_what_is_private(says: str, tiers: list[str]) -> None:
    """Else nobody would ask about it on that occasion: it may be the one sign of an emergency (clinical.md 0.19)."""
    gate = Gate(GATE, (GateItem(BLADDER, Concern("bladder_bowel")), GateItem(SADDLE, Concern("feeling"), private=True)))
    clinic = a_clinic(programme=a_programme(a_protocol(asked=(Asked(gate), *ASKED[1:]))))
    chart = helped(speaks=True, clinic=clinic)
    for question, value in ALL_BUT_MOOD:
        decision = check_ins.answer_press(chart, CHECK_IN, QuestionId(question), value, MESSAGE, NOW)
        chart = fold(chart, decision.chart_facts)
    assert lapses.expire(chart, chart.check_ins[0], NOW).missed is False, "somebody has answered"
    own = replace(chart, speaker=None)
    assert sent(check_ins.begin(own, CHECK_IN, MESSAGE, NOW)) == ["patient: questions/gate_bladder"]
    pressed = GATE if says == "none" else SADDLE
    decision = check_ins.answer_press(own, CHECK_IN, pressed, says, MESSAGE, NOW)
    own = fold(own, decision.chart_facts)
    assert [alert.tier for alert in own.alerts] == tiers
    if says == "none":
        assert sent(decision) == ["patient: questions/mood"]
        assert own.check_ins[0].answer(SADDLE) == "no"
    alone = replace(chart, speaker=None, enrolment=replace(chart.enrolled, chat=None))
    assert sent(check_ins.begin(alone, CHECK_IN, MESSAGE, NOW)) == ["patient: questions/mood"]


def test_a_carer_hears_whom_to_call_today_where_the_rest_is_the_patients() -> None:
    """Their last answer is no end, and nothing else would say it (clinical.md 0.7)."""
    chart = helped(speaks=True)
    decision = Decision()
    for question, value in (*ALL_BUT_MOOD[:-1], ("leg_weakness", "clearly")):
        decision = check_ins.answer_press(chart, CHECK_IN, QuestionId(question), value, MESSAGE, NOW)
        chart = fold(chart, decision.chart_facts)
    assert sent(decision)[-2:] == ["patient: check_ins/done/same_day", "patient: check_ins/rest_is_private"]


def test_for_a_patient_without_a_chat_of_their_own_the_carers_last_answer_is_the_end() -> None:
    """Nobody is left to ask the rest."""
    chart = helped(speaks=True)
    chart = replace(chart, enrolment=replace(chart.enrolled, chat=None))
    decision = Decision()
    for question, value in ALL_BUT_MOOD:
        decision = check_ins.answer_press(chart, CHECK_IN, QuestionId(question), value, MESSAGE, NOW)
        chart = fold(chart, decision.chart_facts)
    assert kinds(decision)[-1] == "check_in_completed"


def test_a_link_works_once_in_its_week_and_in_no_chat_that_follows_the_patient() -> None:
    """Whoever opens it first is asked whether they help."""
    chart = fold(a_chart(), (CarerInvited(NOW, FIRST, TokenHash("t"), NOW + A_WEEK),))
    carer, own = chart.enrolled.carer_invited(TokenHash("t")), chart.enrolled.chat
    assert carer is not None
    assert own is not None
    assert carers.connect(chart, carer, own, NOW) is None
    assert carers.connect(chart, carer, CARERS_CHAT, NOW + A_WEEK) is None
    assert carers.connect(chart, carer, CARERS_CHAT, NOW) is not None
    assert fold(chart, (CarerConnected(NOW, FIRST, CARERS_CHAT),)).enrolled.carer_invited(TokenHash("t")) is None


def test_three_help_at_a_time_and_numbers_are_never_used_again() -> None:
    """A fourth link is refused; who has left makes room."""
    chart = a_chart()
    for token in "abc":
        chart = fold(chart, carers.invite(chart, "MG", TokenHash(token), NOW + A_WEEK, NOW).chart_facts)
    assert carers.invite(chart, "MG", TokenHash("d"), NOW + A_WEEK, NOW) == Decision()
    chart = fold(chart, carers.remove(chart, CarerId(2), "patient", NOW).chart_facts)
    chart = fold(chart, carers.invite(chart, "MG", TokenHash("d"), NOW + A_WEEK, NOW).chart_facts)
    assert [carer.id for carer in chart.enrolled.carers] == [1, 3, 4]


def test_a_patient_who_comes_to_a_carers_chat_is_the_patient_there() -> None:
    """One chat speaks with one voice for one patient."""
    assert fold(helped(), (PatientConnected(NOW, CARERS_CHAT),)).enrolled.carers == ()


def test_who_leaves_is_told_so_and_gets_nothing_more() -> None:
    """Also where the patient ends it."""
    chart = helped()
    decision = carers.remove(chart, FIRST, "patient", NOW)
    assert decision.facts == (CarerLeft(NOW, FIRST, "patient"),)
    assert [item.to for item in decision.outgoing if isinstance(item, OutgoingMessage)] == [ToChat(CARERS_CHAT)]
    assert fold(chart, decision.chart_facts).enrolled.helpers == ()


def test_initials_are_short_and_written_one_way() -> None:
    """Whatever stands between the letters."""
    read = [read_initials(text) for text in ("mg", "M. G.", "Ñ3", "", "remove-1", "Maria", "m<g")]
    assert read == ["MG", "MG", "Ñ3", None, None, None, None]


def test_what_a_helper_writes_is_theirs_and_staff_see_that_it_is() -> None:
    """Who reads "he can't feel it" must know who says so."""
    for speaks in (True, False):
        chart = helped(speaks)
        heard = writing.receive(chart, FreeText("n1", "he sleeps all day long"), NOW)
        (note,) = (fact for fact in heard.facts if isinstance(fact, NoteReceived))
        assert note.carer == (FIRST if speaks else None)
        shown = review.show(after(chart, heard), {"n1": "he sleeps all day long"}, (note,), DR_ITO, NOW)
        (message,) = (item for item in shown.outgoing if isinstance(item, OutgoingMessage))
        lines = message.params["lines"]
        assert isinstance(lines, Lines)
        assert [line.params["helper"] for line in lines.each] == (["1"] if speaks else [None])


def test_a_helper_is_told_what_is_theirs_to_send_and_who_has_the_only_chat_what_else_is() -> None:
    """`/stop` of a helper ends their help, not the check-ins."""
    chart = helped(speaks=True)
    assert sent(manual.help_(chart, NOW)) == ["patient: carers/help"]
    alone = replace(chart, enrolment=replace(chart.enrolled, chat=None))
    (theirs,), (all_there_is,) = messages(manual.help_(chart, NOW)), messages(manual.help_(alone, NOW))
    assert [message.params["only_chat"] for message in (theirs, all_there_is)] == [False, True]
    assert all_there_is.message == "carers/help"
    assert sent(manual.help_(helped(), NOW)) == ["patient: replies/help"]


def test_staff_see_on_the_patients_page_that_a_helper_has_blocked_us_until_it_is_over() -> None:
    """They would believe that two read what we send."""

    def shown(chart: Chart) -> list[object]:
        lines = patient_page.params(chart, NOW)["lines"]
        assert isinstance(lines, Lines)
        return [line.params["number"] for line in lines.each if line.in_words == "staff/patient/helper_blocked"]

    chart = helped()
    assert shown(chart) == []
    blocked = fold(chart, carers.block(chart, FIRST, NOW).chart_facts)
    assert shown(blocked) == [1]
    assert shown(fold(blocked, carers.unblock(blocked, FIRST, NOW).chart_facts)) == []


def test_who_has_stopped_is_not_written_to_because_somebody_helps_or_does_not_any_more() -> None:
    """Staff had invited them: they are welcomed, and the patient hears nothing that they did not ask for."""
    asked = (CarerInvited(NOW, FIRST, TokenHash("t"), NOW + A_WEEK), CarerConnected(NOW, FIRST, CARERS_CHAT))
    for facts, told in (((), ["carers/joined", "carers/one_less"]), ((PatientStopped(NOW),), [])):
        chart = replace(fold(a_chart(), (*asked, *facts)), speaker=FIRST)
        joined = carers.hear(chart, True, MESSAGE, NOW)
        left = carers.leave(after(chart, joined), NOW)
        started = [message for message in (*messages(joined), *messages(left)) if message.daytime is not None]
        assert [message.message for message in started] == told
        assert "carer_joined" in kinds(joined)
