"""The staff's day in a chat: alerts, lists, what patients wrote and the answers to it."""

import pytest

from followupbot.application.policy import Action
from followupbot.domain.alert_state import Taken
from followupbot.domain.facts.notes import NotesRead, TextAnswered
from followupbot.domain.ids import PatientId
from followupbot.domain.params import Line, Lines, Words
from followupbot.domain.presses import AlertPress, AnswerPress, StaffCommandPress, TakePress
from followupbot.domain.review import READ, REPLIES
from tests.application.test_front_desk import ADA, HER, HIS, ITO, SATO, STRANGER, a_full_world, a_patient
from tests.application.world import PhoneMessage, Shown, World
from tests.builders import ALERT, BLADDER, MESSAGE


def press(world: World, address: int, label: str) -> None:
    """A button of the newest message is pressed."""
    message: PhoneMessage = world.messages(address)[-1]
    choice = next(choice for row in message.rows for choice in row if choice.label == label)
    world.press(address, choice.press, message.id)


def each(shown: Shown, name: str) -> tuple[Line, ...]:
    found = shown.params[name]
    assert isinstance(found, Lines)
    return found.each


def lines(shown: Shown) -> list[str]:
    return [line.in_words.rpartition("/")[2] for line in each(shown, "lines")]


def concern(line: Line) -> str:
    """What a line says that an alert is about."""
    found = line.params["concern"]
    assert isinstance(found, Words)
    return found.key.rpartition("/")[2]


def emergency(world: World, address: int) -> PatientId:
    patient = a_patient(world, address)
    check_in = world.store.charts[patient].open_check_in
    assert check_in is not None
    world.press(address, AnswerPress(patient, check_in.id, BLADDER, "new"), MESSAGE)
    return patient


def test_alerts_are_shown_and_taken_by_their_number() -> None:
    """Those that somebody has stay in sight; whoever has one gets back to it, nobody else has a button for it."""
    world = a_full_world()
    world.command(ITO, "alerts")
    assert world.shown[-1].message == "staff/alerts_none"
    hers, his = emergency(world, HER), emergency(world, HIS)
    world.command(SATO, "alerts")
    assert lines(world.shown[-1]) == ["alert_line", "alert_line"]
    assert [concern(line) for line in each(world.shown[-1], "lines")] == ["bladder_bowel", "bladder_bowel"]
    assert [[choice.label for choice in row] for row in world.shown[-1].rows] == [["1", "2"]]
    press(world, SATO, "1")
    taken = [patient for patient in (hers, his) if isinstance(world.store.charts[patient].alerts[0].state, Taken)]
    assert len(taken) == 1
    world.command(SATO, "alerts")
    presses = {choice.press for row in world.shown[-1].rows for choice in row}
    (mine,) = taken
    (left,) = {hers, his} - {mine}
    assert presses == {TakePress(left, ALERT), AlertPress(mine, ALERT, below=True)}
    world.command(ITO, "alerts")
    assert [choice.press for row in world.shown[-1].rows for choice in row] == [TakePress(left, ALERT)]
    press(world, ITO, world.shown[-1].rows[0][0].label)
    world.command(SATO, "alerts")
    press(world, SATO, world.shown[-1].rows[0][0].label)
    assert world.shown[-1].message == "alerts/yours"


def test_the_list_shows_who_needs_a_look_and_what_the_rota_lacks() -> None:
    """Each heading with its patients."""
    world = a_full_world()
    a_patient(world, HER)
    world.command(ITO, "list")
    assert lines(world.shown[-1])[:2] == ["lists_heading", "lists_line"]


@pytest.mark.parametrize("command", ["alerts", "list", "review"])
def test_admins_see_none_of_it(command: str) -> None:
    """That they tried is recorded."""
    world = a_full_world()
    world.command(ADA, command)
    assert world.shown[-1].message == "staff/not_for_this_role"
    assert len(world.store.refusals) == 1


def wrote(world: World, *texts: str) -> PatientId:
    patient = a_patient(world, HER)
    check_in = world.store.charts[patient].open_check_in
    assert check_in is not None
    for text in texts:
        world.write(HER, text)
    return patient


def test_what_a_patient_wrote_is_read_and_answered() -> None:
    """The patient gets approved words as a new message; who answered is on the record; the list is empty again."""
    world = a_full_world()
    patient = wrote(world, "could I have another appointment please")
    world.command(ITO, "review")
    assert lines(world.shown[-1]) == ["review_line"]
    press(world, ITO, "1")
    assert lines(world.shown[-1]) == ["review_text"]
    assert [(view.action, view.subject) for view in world.store.views] == [("read_notes", patient)]
    press(world, ITO, "we_will_call")
    assert [shown.message for shown in world.shown[-2:]] == ["replies/staff/we_will_call", "staff/review_closed"]
    ito = world.store.the_clinic.staff[0].id
    answered = [fact for fact in world.store.facts[patient] if isinstance(fact, TextAnswered)]
    assert [(fact.by, fact.reply) for fact in answered] == [(ito, "we_will_call")]
    world.command(ITO, "review")
    assert world.shown[-1].message == "staff/reviews_none"


def test_read_closes_it_without_a_word_to_the_patient_and_only_once() -> None:
    """A second press of the old button changes nothing."""
    world = a_full_world()
    patient = wrote(world, "could I have another appointment please")
    world.command(ITO, "review", patient)
    old = world.messages(ITO)[-1]
    press(world, ITO, READ)
    assert not any(shown.message.startswith("replies/staff") for shown in world.shown)
    before = len(world.store.facts[patient])
    choice = next(choice for choice in old.ever if choice.label == "thank_you")
    world.press(ITO, choice.press, old.id)
    assert world.shown[-1].message == "staff/review_nothing"
    assert len(world.store.facts[patient]) == before


def test_what_came_after_it_was_shown_stays_to_be_read() -> None:
    """Nobody closes what they have not seen."""
    world = a_full_world()
    patient = wrote(world, "could I have another appointment please")
    world.command(ITO, "review", patient)
    world.write(HER, "and my wound looks rather odd today")
    press(world, ITO, "thank_you")
    assert len(world.store.charts[patient].unread) == 1
    assert sum(isinstance(fact, NotesRead) for fact in world.store.facts[patient]) == 1


def test_where_a_death_may_be_meant_there_is_no_ready_answer() -> None:
    """Somebody calls."""
    world = a_full_world()
    wrote(world, "murio esta noche", "fallecio")
    patient = next(iter(world.store.charts))
    world.command(ITO, "review", patient)
    labels = [choice.label for row in world.messages(ITO)[-1].rows for choice in row]
    held = world.store.charts[patient].held
    assert labels == ([READ] if held else [READ, *REPLIES])


def test_a_stranger_with_such_a_button_is_refused() -> None:
    """And that is recorded."""
    world = a_full_world()
    patient = wrote(world, "could I have another appointment please")
    world.press(STRANGER, StaffCommandPress("review", patient), MESSAGE)
    assert [refusal.action for refusal in world.store.refusals] == [Action.SEE_PATIENT]
    assert world.messages(STRANGER) == []
