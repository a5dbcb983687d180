"""Whoever comes in by a channel, and with whose buttons."""

from datetime import timedelta

import pytest

from followupbot.application import admins
from followupbot.application.front_desk import FrontDesk
from followupbot.application.policy import Action
from followupbot.domain.alert_state import Taken
from followupbot.domain.clinic import Role
from followupbot.domain.decision import ByPatient, ByShell, ByStaff, ByStranger, Decision
from followupbot.domain.ids import AlertId, CardId, Language, MessageId, PatientId, QuestionId
from followupbot.domain.outgoing import Lane
from followupbot.domain.presses import (
    AlertPress,
    AnswerPress,
    BackPress,
    CanaryPress,
    ChangePress,
    CheckNowPress,
    CommandPress,
    ConfirmPlanPress,
    ConsentPress,
    DetailsPress,
    EndExpectedPress,
    ExpectPress,
    HandOverPress,
    MeantPress,
    NextPress,
    PracticePress,
    Press,
    ResolvePress,
    SaidPress,
    StartPress,
    TakePress,
    TeachBackPress,
)
from tests.application.memory import a_store
from tests.application.outboxes import MemoryOutbox
from tests.application.world import World
from tests.builders import (
    BACK_PAIN,
    BLADDER,
    CHECK_IN,
    GATE,
    GATE_BREATH,
    MESSAGE,
    NOW,
    OTHER_PATIENT,
    a_plan,
    a_programme,
    buttons,
    kinds,
    messages,
    notice,
    sent,
)

SHELL = ByShell("root")
HER, HIS, STRANGER, ITO, SATO, ADA = 1, 2, 3, 11, 12, 13
CAUDA = CardId("cauda_equina")
SPANISH = Language("es")


def a_world(*staff: tuple[int, str, Role]) -> World:
    world = World(a_store(a_programme()), NOW)
    for address, name, role in staff:
        world.start(address, admins.invite_staff(world.store, name, role, SHELL, world.now).token)
    return world


def a_full_world() -> World:
    return a_world((ITO, "dr_ito", Role.CLINICIAN), (SATO, "dr_sato", Role.LEAD), (ADA, "ada", Role.ADMIN))


def a_patient(world: World, address: int, born: int | None = None, language: str = "en") -> PatientId:
    """Invited, connected and consenting; enrolled where no year of birth is asked."""
    patient, link = admins.invite_patient(world.store, a_plan(born=born, language=language), SHELL, world.now)
    world.start(address, link.token)
    for press in (NextPress(patient, 1), NextPress(patient, 2), ConsentPress(patient, agrees=True)):
        world.press(address, press, MESSAGE)
    if born is None:
        prepare(world, address, patient)
    return patient


def prepare(world: World, address: int, patient: PatientId) -> None:
    """From consent, or the year of birth, to the first check-in."""
    for press in (ConfirmPlanPress(patient), TeachBackPress(patient, "call"), PracticePress(patient, "tea")):
        world.press(address, press, MESSAGE)


def facts_of(world: World, patient: PatientId) -> list[str]:
    return [fact.kind for fact in world.store.facts[patient]]


# -- whose buttons -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [HIS, STRANGER, ITO])
def test_a_patients_buttons_do_nothing_in_another_chat(address: int) -> None:
    """Another patient's, a stranger's, a clinician's: refused and recorded."""
    world = a_full_world()
    hers, his = a_patient(world, HER), a_patient(world, HIS)
    before = facts_of(world, hers)
    presses: list[Press] = [
        ConsentPress(hers, agrees=False),
        StartPress(hers, CHECK_IN),
        AnswerPress(hers, CHECK_IN, GATE, "none"),
    ]
    for press in presses:
        decision = world.press(address, press, MESSAGE)
        assert (decision.facts, decision.outgoing, notice(decision)) == ((), (), "replies/notices/over")
    assert facts_of(world, hers) == before
    assert [(refusal.action, refusal.subject, refusal.cause.by) for refusal in world.store.refusals] == [
        (Action.ANSWER, hers, ByStranger())
    ] * 3
    assert his != hers


def test_a_button_that_changed_the_last_answer_leads_to_the_list_of_all() -> None:
    """Such buttons stand in people's chats: "Change an answer" bore them."""
    world = a_full_world()
    patient = a_patient(world, HER)
    answers = ((GATE, "none"), (QuestionId("gate_breath"), "none"), (QuestionId("back_pain"), "1"))
    for question, value in (*answers, (QuestionId("leg_weakness"), "no"), (QuestionId("mood"), "good")):
        world.press(HER, AnswerPress(patient, CHECK_IN, question, value), MESSAGE)
    assert facts_of(world, patient)[-1] == "check_in_completed"
    for old in (BackPress(patient, CHECK_IN), ChangePress(patient, CHECK_IN)):
        decision = world.press(HER, old, MESSAGE)
        assert ([message.message for message in messages(decision)], decision.facts) == (["check_ins/change"], ())
    opened = world.press(HER, ChangePress(patient, CHECK_IN, GATE), MESSAGE)
    assert [message.message for message in messages(opened)] == ["questions/gate_bladder"]
    kept = world.press(HER, SaidPress(patient, CHECK_IN), MESSAGE)
    assert messages(kept)[0].message == "check_ins/said"


def test_a_foreign_emergency_press_still_brings_the_card_to_whoever_pressed() -> None:
    """In the language that the button bears, in the alert lane, saying that nothing was recorded."""
    world = a_full_world()
    hers = a_patient(world, HER, language="es")
    press = AnswerPress(hers, CHECK_IN, BLADDER, "new", CAUDA, SPANISH)
    decision = world.press(STRANGER, press, MESSAGE)
    (card,) = messages(decision)
    assert (card.message, card.lane, card.language, card.params) == (
        "cards/cauda_equina",
        Lane.ALERT,
        "es",
        {"recorded": False, "reached": False},
    )
    assert [message.message for message in world.messages(STRANGER)] == ["cards/cauda_equina"]
    chart = world.store.chart(hers)
    assert chart is not None
    assert chart.alerts == ()
    assert len(world.store.refusals) == 1


def test_a_foreign_card_in_a_language_that_nobody_has_words_for_comes_in_the_clinics() -> None:
    """Better than none."""
    world = a_full_world()
    press = AnswerPress(OTHER_PATIENT, CHECK_IN, BLADDER, "new", CAUDA, Language("xx"))
    (card,) = messages(world.press(STRANGER, press, MESSAGE))
    assert card.language == "en"


def test_a_press_for_a_patient_who_does_not_exist_makes_none() -> None:
    """A made-up button."""
    world = a_full_world()
    world.press(ITO, TakePress(OTHER_PATIENT, AlertId(1)), MESSAGE)
    world.press(STRANGER, AnswerPress(OTHER_PATIENT, CHECK_IN, GATE, "none"), MESSAGE)
    assert world.store.chart(OTHER_PATIENT) is None
    assert world.store.due(NOW + timedelta(days=9999), 9) == []


def with_an_alert() -> tuple[World, PatientId]:
    world = a_full_world()
    patient = a_patient(world, HER)
    world.press(HER, AnswerPress(patient, CHECK_IN, BLADDER, "new", CAUDA, Language("en")), MESSAGE)
    return world, patient


@pytest.mark.parametrize(("address", "by"), [(HER, "patient"), (STRANGER, "stranger"), (ADA, "admin")])
def test_a_clinicians_buttons_in_other_hands_are_refused_and_recorded(address: int, by: str) -> None:
    """A patient's, a stranger's, an admin's."""
    world, patient = with_an_alert()
    before = facts_of(world, patient)
    for press in (
        TakePress(patient, AlertId(1)),
        ResolvePress(patient, AlertId(1), "called"),
        DetailsPress(patient, AlertId(1)),
        HandOverPress(patient, AlertId(1)),
        ExpectPress(patient, AlertId(1)),
        EndExpectedPress(patient),
        AlertPress(patient, AlertId(1)),
    ):
        decision = world.press(address, press, MESSAGE)
        assert (decision.facts, decision.outgoing, notice(decision)) == ((), (), "alerts/notices/refused")
    assert facts_of(world, patient) == before
    assert [refusal.action for refusal in world.store.refusals] == [
        Action.TAKE_ALERT,
        Action.RESOLVE_ALERT,
        Action.SEE_PATIENT,
        Action.HAND_OVER_ALERT,
        Action.EXPECT_UNTIL,
        Action.EXPECT_UNTIL,
        Action.TAKE_ALERT,
    ]
    staff = world.store.staff_of(world.store.note_chat(address))
    assert {refusal.cause.by for refusal in world.store.refusals} == {ByStranger() if staff is None else ByStaff(staff)}
    assert (by == "admin") is (staff is not None)


def test_who_has_left_takes_nothing() -> None:
    """Their old messages still bear the button."""
    world, patient = with_an_alert()
    ito = world.store.staff_of(world.store.note_chat(ITO))
    assert ito is not None
    admins.remove_staff(world.store, ito, SHELL, NOW)
    assert notice(world.press(ITO, TakePress(patient, AlertId(1)), MESSAGE)) == "alerts/notices/refused"


def test_a_clinician_takes_and_resolves() -> None:
    """In their own chat."""
    world, patient = with_an_alert()
    assert kinds(world.press(ITO, TakePress(patient, AlertId(1)), MESSAGE)) == ["alert_taken"]
    chart = world.store.chart(patient)
    assert chart is not None
    assert isinstance(chart.alerts[0].state, Taken)
    assert kinds(world.press(ITO, ResolvePress(patient, AlertId(1), "called"), MESSAGE)) == ["alert_resolved"]


def test_each_look_at_the_details_is_in_the_access_log() -> None:
    """By whoever has the alert. Who has not is refused, and that is in the log too."""
    world, patient = with_an_alert()
    details = DetailsPress(patient, AlertId(1))
    assert notice(world.press(ITO, details, MESSAGE)) == "alerts/notices/not_yours"
    assert [(refusal.action, refusal.subject) for refusal in world.store.refusals] == [("see_alert_details", patient)]
    world.press(ITO, TakePress(patient, AlertId(1)), MESSAGE)
    for _ in range(2):
        assert "alerts/details" in [message.partition(": ")[2] for message in sent(world.press(ITO, details, MESSAGE))]
    ito = world.store.staff_of(world.store.note_chat(ITO))
    assert ito is not None
    assert [(view.action, view.subject, view.cause.by) for view in world.store.views] == [
        ("see_alert_details", patient, ByStaff(ito)),
        ("see_alert_details", patient, ByStaff(ito)),
    ]


# -- once for each cause -----------------------------------------------------------------------------------------------


def test_what_comes_in_twice_is_decided_once() -> None:
    """The channel delivers an update again: no fact, no message, no link refused after it was used."""
    world = a_full_world()
    patient, link = admins.invite_patient(world.store, a_plan(born=None), SHELL, NOW)
    desk = world.desk
    assert kinds(desk.started(HER, link.token, "update:a", NOW)) == ["patient_connected"]
    assert desk.started(HER, link.token, "update:a", NOW) == desk.started(HER, None, "update:a", NOW)
    read = NextPress(patient, 1)
    assert kinds(desk.pressed(HER, read, MESSAGE, "update:b", NOW)) == ["screen_read"]
    posted = len(world.store.outbox)
    assert desk.pressed(HER, read, MESSAGE, "update:b", NOW).facts == ()
    assert desk.wrote(HER, "hello", MessageId(5), "update:b", NOW).facts == ()
    assert len(world.store.outbox) == posted


# -- words -------------------------------------------------------------------------------------------------------------


def test_words_are_the_year_of_birth_then_an_answer_then_a_note() -> None:
    """Whatever was asked last; a note's words are kept apart from its fact."""
    world = a_full_world()
    patient = a_patient(world, HER, born=1958)
    assert kinds(world.write(HER, "1958")) == ["birth_year_confirmed"]
    prepare(world, HER, patient)
    assert kinds(world.write(HER, "hello")) == ["note_received"]
    assert world.store.texts == {f"update:{world.updates}": "hello"}
    world.press(HER, StartPress(patient, CHECK_IN), MESSAGE)
    assert sent(world.write(HER, "no")) == [
        "patient: replies/rejected/gate_needs_a_button",
        "patient: questions/gate_bladder",
    ]


def test_a_photo_is_a_note_of_its_kind() -> None:
    """It stays in the chat; here is that it came."""
    world = a_full_world()
    a_patient(world, HER)
    assert kinds(world.send(HER, "photo")) == ["note_received"]
    assert list(world.store.texts.values()) == ["[photo]"]


def test_a_photo_before_enrolment_is_answered_and_the_question_stands_again() -> None:
    """It may be the wound; that no computer understands it, and whom to call, is said at once (clinical.md 0.8)."""
    world = a_full_world()
    a_patient(world, HER, born=1958)
    assert sent(world.send(HER, "photo")) == ["patient: replies/note_received", "patient: consent/born"]
    assert list(world.store.texts.values()) == ["[photo]"]


@pytest.mark.parametrize("what", ["photo", "edited"])
def test_words_below_a_photo_and_words_put_right_are_read_like_any_others(what: str) -> None:
    """They offer the gate, hold what has to be held, and answer no question: that may be another one by now."""
    world = a_full_world()
    patient = a_patient(world, HER)
    world.press(HER, StartPress(patient, CHECK_IN), MESSAGE)
    assert sent(world.send(HER, what, "I am leaking")) == ["patient: replies/gate_offered"]
    assert world.store.texts.popitem()[1] == f"[{what}] I am leaking"
    assert kinds(world.send(HER, what, "1")) == ["note_received"]
    assert kinds(world.send(HER, what, "stop")) == ["note_received"]
    world.send(HER, what, "He died")
    assert world.store.charts[patient].held == "death"


def test_red_words_below_a_photo_from_a_chat_of_two_are_answered_with_whom_to_call() -> None:
    """Before it is said whom they are about."""
    world = a_full_world()
    a_patient(world, HER)
    a_patient(world, HER)
    (which,) = messages(world.send(HER, "photo", "leaking"))
    assert (which.message, which.lane, which.params["urgent"]) == ("replies/which_patient", Lane.ALERT, True)


@pytest.mark.parametrize("text", ["I can't pee", "no siento al orinar", "I am leaking since 1958"])
def test_need_is_no_wrong_year_of_birth(text: str) -> None:
    """Whom to call stands first, people read it, and no try is used up (clinical.md 0.8)."""
    world = a_full_world()
    patient = a_patient(world, HER, born=1958)
    for _ in range(4):
        replies = ["patient: replies/urgent", "patient: replies/note_received", "patient: consent/born"]
        assert sent(world.write(HER, text)) == replies
    assert sent(world.write(HER, "I was born in 1958")) == ["patient: enrolment/plan"]
    assert len(world.store.charts[patient].unread) == 4


def test_words_without_a_number_are_no_try_at_the_year_and_two_years_are_a_wrong_one() -> None:
    """Who tells all of them has not said that it is they."""
    world = a_full_world()
    a_patient(world, HER, born=1958)
    assert sent(world.write(HER, "My daughter types this")) == [
        "patient: replies/note_received",
        "patient: consent/born",
    ]
    assert sent(world.write(HER, "1957 1958 1959")) == ["patient: replies/rejected/birth_year"]


def test_who_wants_to_die_before_enrolment_is_over_gets_the_words_that_help_and_the_button() -> None:
    """Crisis text first, always (clinical.md 0.14); the button works there too."""
    world = a_full_world()
    patient = a_patient(world, HER, born=1958)
    answered = world.write(HER, "I want to die")
    assert sent(answered) == ["patient: replies/crisis_words", "patient: consent/born"]
    (button,) = buttons(messages(answered)[0])
    pressed = world.press(HER, button.press, MESSAGE)
    assert sent(pressed)[0] == "patient: cards/crisis"
    assert [alert.tier for alert in world.store.charts[patient].alerts] == ["same_day"]


@pytest.mark.parametrize("text", ["I can't pee", "quiero morir"])
def test_a_stranger_in_need_is_told_first_what_to_do(text: str) -> None:
    """It may be the patient on another phone; nobody knows that, and nothing is kept."""
    world = a_full_world()
    chat = world.store.note_chat(STRANGER)
    replies = [f"{chat}: replies/urgent", f"{chat}: enrolment/not_connected"]
    assert sent(world.write(STRANGER, text)) == replies
    assert sent(world.send(STRANGER, "photo", text)) == replies
    assert sent(world.command(STRANGER, "urgente")) == replies
    assert sent(world.command(STRANGER, "report", text)) == replies
    assert sent(world.command(STRANGER, "help")) == replies[1:]


def test_a_stranger_hears_that_the_link_leads_nowhere() -> None:
    """With a made-up link; without one, with words and with a photo, that this chat is nobody's."""
    world = a_full_world()
    chat = world.store.note_chat(STRANGER)
    for decision, reply in (
        (world.start(STRANGER, "made-up"), "link_refused"),
        (world.start(STRANGER, None), "not_connected"),
        (world.write(STRANGER, "hello"), "not_connected"),
        (world.send(STRANGER, "voice"), "not_connected"),
    ):
        assert (decision.facts, sent(decision)) == ((), [f"{chat}: enrolment/{reply}"])


def test_who_is_nobody_here_is_answered_in_the_language_of_their_telegram() -> None:
    """Unknown, used and expired links alike; in the clinic's language where there are no words in theirs."""
    world = a_full_world()
    _, link = admins.invite_patient(world.store, a_plan(), SHELL, world.now)
    world.start(HER, link.token)
    spanish, french = Language("es"), Language("fr")
    for number, (language, spoken) in enumerate(((spanish, spanish), (french, "en"), (None, "en"))):
        for token in ("made-up", link.token):
            decision = world.desk.started(STRANGER, token, f"update:{token}{number}", world.now, language)
            assert [message.language for message in messages(decision)] == [spoken]
    written = world.desk.wrote(STRANGER, "hola", MESSAGE, "update:w", world.now, spanish)
    asked = world.desk.commanded(STRANGER, "urgent", "", MESSAGE, "update:c", world.now, spanish)
    assert {message.language for message in (*messages(written), *messages(asked))} == {spanish}


def test_a_staff_member_hears_that_it_is_no_command() -> None:
    """Nothing is recorded."""
    world = a_full_world()
    assert sent(world.write(ITO, "hello")) == ["dr_ito: staff/not_understood"]
    assert sent(world.start(ITO, None)) == ["dr_ito: staff/not_understood"]


def test_what_staff_write_is_recorded_as_theirs() -> None:
    """A cause names who it was."""
    world = a_full_world()
    world.write(ITO, "hello")
    assert world.store.causes[f"update:{world.updates}"].by == ByStaff(world.store.clinic().staff[0].id)
    world.write(STRANGER, "hello")
    assert world.store.causes[f"update:{world.updates}"].by == ByStranger()


def which(world: World, patient: PatientId) -> Decision:
    """The newest question whom something is about is answered."""
    asked = world.messages(HER)[-1]
    assert asked.message == "replies/which_patient"
    press = MeantPress(patient, MessageId(asked.id - 1))
    return world.press(HER, press, asked.id)


def test_words_from_a_chat_of_two_patients_are_never_guessed_about() -> None:
    """Not even where one of them was asked something: whoever shares a phone says whom they mean, by one tap."""
    world = a_full_world()
    first = a_patient(world, HER)
    second = a_patient(world, HER, born=1958)
    assert world.write(HER, "1958").facts == ()
    assert kinds(which(world, second)) == ["birth_year_confirmed"]
    prepare(world, HER, second)
    for patient in (first, second):
        world.press(HER, StartPress(patient, CHECK_IN), MESSAGE)
        for screen in (GATE, GATE_BREATH):
            world.press(HER, AnswerPress(patient, CHECK_IN, screen, "none"), MESSAGE)
        assert world.write(HER, "3").facts == ()
        assert kinds(which(world, patient)) == ["question_answered"]
        chart = world.store.chart(patient)
        assert chart is not None
        assert BACK_PAIN in chart.history


def test_whom_words_are_about_is_said_once() -> None:
    """The other button does nothing any more, whichever comes first, and nothing is kept longer than that."""
    world = a_full_world()
    first, second = a_patient(world, HER), a_patient(world, HER)
    world.write(HER, "my leg gives way")
    asked = world.messages(HER)[-1]
    which(world, second)
    decision = world.press(HER, MeantPress(first, MessageId(asked.id - 1)), asked.id)
    assert decision.facts == ()
    assert [len(world.store.charts[patient].unread) for patient in (first, second)] == [0, 1]
    assert world.store.unmeant == {}


def test_words_of_which_nobody_says_whom_they_mean_are_read_for_each_of_them() -> None:
    """After ten minutes; a photo too, and a command is dropped: nothing of a person's is lost in it."""
    world = a_full_world()
    first, second = a_patient(world, HER), a_patient(world, HER)
    world.write(HER, "he fell out of bed")
    world.send(HER, "photo")
    world.command(HER, "progress")
    world.pass_until(world.now + timedelta(minutes=11))
    assert [len(world.store.charts[patient].unread) for patient in (first, second)] == [2, 2]
    assert world.store.unmeant == {}


def test_red_words_from_a_chat_of_two_patients_are_answered_with_whom_to_call() -> None:
    """At once and ahead of all else, before anybody has said whom they are about."""
    world = a_full_world()
    for _ in range(2):
        a_patient(world, HER)
    (asked,) = messages(world.write(HER, "she leaks and cannot stop it"))
    assert (asked.lane, asked.params["urgent"]) == (Lane.ALERT, True)
    (asked,) = messages(world.command(HER, "urgent"))
    assert (asked.lane, asked.params["urgent"]) == (Lane.ALERT, True)
    (asked,) = messages(world.write(HER, "hello"))
    assert (asked.lane, asked.params["urgent"]) == (Lane.REPLY, False)


def test_words_behind_an_unknown_command_from_a_chat_of_two_patients_are_words() -> None:
    """Whoever writes a sentence after a slash has still written it: red words are answered, and nothing is lost."""
    world = a_full_world()
    first, second = a_patient(world, HER), a_patient(world, HER)
    (asked,) = messages(world.command(HER, "hello", "she leaks and cannot stop it"))
    assert (asked.lane, asked.params["urgent"]) == (Lane.ALERT, True)
    world.command(HER, "zone", "Europe/Madrid")
    world.pass_until(world.now + timedelta(minutes=11))
    assert [len(world.store.charts[patient].unread) for patient in (first, second)] == [1, 1]
    assert set(world.store.texts.values()) == {"/hello she leaks and cannot stop it"}


def test_stop_in_a_chat_of_two_patients_asks_nobody_whom_it_means() -> None:
    """As a command and as a word."""
    for as_command in (True, False):
        world = a_full_world()
        for _ in range(2):
            a_patient(world, HER)
        decision = world.command(HER, "stop") if as_command else world.write(HER, "stop")
        assert kinds(decision).count("patient_stopped") == 2


def test_a_seventh_patient_is_not_followed_in_one_chat() -> None:
    """Each has a button where it is asked whom something is about."""
    world = a_full_world()
    for _ in range(6):
        a_patient(world, HER)
        world.now += timedelta(hours=1)
    _, link = admins.invite_patient(world.store, a_plan(), SHELL, world.now)
    assert refused(world, HER, link.token)


# -- blocking ----------------------------------------------------------------------------------------------------------


def test_blocking_is_recorded_for_each_patient_of_the_chat_once() -> None:
    """And unblocking."""
    world = a_full_world()
    hers, his = a_patient(world, HER), a_patient(world, HER)
    desk = world.desk
    assert kinds(desk.blocked(HER, "update:x", NOW)) == ["patient_blocked"] * 2
    assert desk.blocked(HER, "update:y", NOW).facts == ()
    assert kinds(desk.unblocked(HER, "update:z", NOW)) == ["patient_unblocked"] * 2
    assert desk.blocked(STRANGER, "update:w", NOW).facts == ()
    assert world.store.causes[f"update:x/{hers}"].by == ByPatient(hers)
    assert hers != his


@pytest.mark.parametrize("how", ["press", "write", "command", "send", "start"])
def test_who_comes_by_themselves_is_written_to_again(how: str) -> None:
    """Telegram has said "chat not found" when something was sent, and never says that it was wrong."""
    world = a_full_world()
    patient = a_patient(world, HER)
    chat = world.store.note_chat(HER)
    world.desk.blocked(HER, "refused:7", NOW)
    assert (world.desk.outbox.refuses(chat), world.store.charts[patient].enrolled.blocked) == (True, True)
    match how:
        case "press":
            world.press(HER, CheckNowPress(patient), MESSAGE)
        case "write":
            world.write(HER, "my leg is numb")
        case "command":
            world.command(HER, "urgent")
        case "send":
            world.send(HER, "voice")
        case _:
            world.start(HER, None)
    assert (world.desk.outbox.refuses(chat), world.store.charts[patient].enrolled.blocked) == (False, False)


# -- links that are tried ----------------------------------------------------------------------------------------------

REFUSED = "enrolment/link_refused"


def refused(world: World, address: int, token: str = "made-up") -> bool:
    (reply,) = messages(world.start(address, token))
    return reply.message == REFUSED


def test_the_sixth_link_in_an_hour_is_refused_unseen_even_where_it_is_right() -> None:
    """One and the same reply; an hour after the first try there is room again."""
    world = a_world()
    _, link = admins.invite_patient(world.store, a_plan(), SHELL, world.now)
    assert all(refused(world, STRANGER) for _ in range(5))
    assert refused(world, STRANGER, link.token)
    assert not refused(world, HER, link.token), "others may go on"
    _, other = admins.invite_patient(world.store, a_plan(), SHELL, world.now)
    world.now += timedelta(minutes=59)
    assert refused(world, STRANGER, other.token)
    world.now += timedelta(minutes=1)
    assert not refused(world, STRANGER, other.token)


def test_the_hundred_and_first_link_in_an_hour_is_refused_whoever_opens_it() -> None:
    """In all, over every chat."""
    world = a_world()
    for address in range(100, 200):
        assert refused(world, address)
    _, link = admins.invite_patient(world.store, a_plan(), SHELL, world.now)
    assert refused(world, HER, link.token)
    world.now += timedelta(hours=1)
    assert not refused(world, HER, link.token)


def test_a_start_without_a_link_is_no_try() -> None:
    """Whoever presses Start again and again is answered."""
    world = a_world()
    _, link = admins.invite_patient(world.store, a_plan(), SHELL, world.now)
    for _ in range(7):
        world.start(HER, None)
    assert not refused(world, HER, link.token)


# -- slash commands ----------------------------------------------------------------------------------------------------


def test_an_unknown_command_is_answered_and_words_behind_it_are_kept() -> None:
    """A slip of the thumb learns of `/help`; whoever writes a sentence after a slash has still written it."""
    world = a_full_world()
    a_patient(world, HER)
    world.command(HER, "hepl")
    assert world.messages(HER)[-1].message == "replies/unknown_command"
    assert world.store.texts == {}
    world.command(HER, "cannot", "feel my leg")
    assert list(world.store.texts.values()) == ["/cannot feel my leg"]


def test_a_command_of_somebody_who_is_no_patient_is_answered_as_before() -> None:
    """A stranger learns nothing, a clinician has the staff's words."""
    world = a_full_world()
    for address, message in ((STRANGER, "enrolment/not_connected"), (ITO, "staff/unknown_command")):
        world.command(address, "stop")
        assert world.messages(address)[-1].message == message


def test_stop_in_a_chat_of_two_patients_stops_both() -> None:
    """Whoever sends it wants quiet in that chat; a button is about the one whose it is."""
    world = a_full_world()
    hers, his = a_patient(world, HER), a_patient(world, HER)
    world.command(HER, "stop")
    assert [world.store.charts[patient].enrolled.contact.kind for patient in (hers, his)] == ["stopped"] * 2
    world.press(HER, CommandPress(his, "resume"), MESSAGE)
    assert [world.store.charts[patient].enrolled.contact.kind for patient in (hers, his)] == ["stopped", "following"]


def test_a_button_of_somebody_elses_stops_nobody() -> None:
    """It is refused, recorded, and answered kindly."""
    world = a_full_world()
    hers = a_patient(world, HER)
    a_patient(world, HIS)
    decision = world.press(HIS, CommandPress(hers, "stop"), MESSAGE)
    assert (notice(decision), world.store.charts[hers].enrolled.contact.kind) == ("replies/notices/over", "following")
    assert [refusal.subject for refusal in world.store.refusals] == [hers]


def test_the_word_itself_stops_whatever_was_asked() -> None:
    """Also where a number was waited for, or a year of birth."""
    world = a_full_world()
    hers, his = a_patient(world, HER), a_patient(world, HIS, born=1958)
    world.press(HER, StartPress(hers, CHECK_IN), MESSAGE)
    for address in (HER, HIS):
        world.write(address, "Stop!")
    assert world.store.charts[hers].enrolled.contact.kind == "stopped"
    assert world.store.charts[his].enrolled.state.kind == "declined"


def test_only_the_made_up_press_of_today_tests_the_alerts() -> None:
    """Somebody's altered Telegram can send any press: from a real chat this one does nothing."""
    store = a_store(a_programme())
    desk = FrontDesk(store, MemoryOutbox())
    assert desk.pressed(4711, CanaryPress(1), MessageId(1), "update:1:5", NOW) == Decision()
    assert store.chats == {}
    assert desk.pressed(0, CanaryPress(1), MessageId(1), "update:1:-1", NOW) == Decision()
    assert store.outbox == []
