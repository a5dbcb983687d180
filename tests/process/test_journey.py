"""The main job, as people and a terminal meet it."""

from pathlib import Path

import pytest

from followupbot.domain.alert_state import Resolved
from followupbot.domain.presses import ChangePress
from tests.process.harness import (
    BRISK,
    CARD,
    RECORDED,
    STOPS_WITHIN,
    Clinic,
    answers,
    completes,
    consents,
    emergency,
    prepares,
    resolves,
    starts,
    takes,
    zone_where_it_is_day,
)
from tests.process.telegram import Telegram, until

pytestmark = pytest.mark.fault

OPERATION = ["--surgery-on", "2022-03-14", "--language", "en", "--at", "10:00"]


# In the short run tests/process/test_emergency.py plays most of it on PostgreSQL, from joining to "seen".
@pytest.mark.parametrize(
    "engine_name", ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.long])]
)
def test_from_an_empty_folder_to_an_alert_that_is_resolved(
    engine_name: str, request: pytest.FixtureRequest, tmp_path: Path, telegram: Telegram
) -> None:
    """Everything by commands and phones alone; in the middle the program is stopped, and goes on where it was."""
    url = None
    if engine_name == "postgresql":
        url = request.getfixturevalue("postgres").new_database().replace("postgresql://", "postgresql+psycopg://")
    clinic = Clinic(tmp_path, tmp_path / "data", telegram, url)
    request.addfinalizer(clinic.close)

    assert clinic.cli("init").returncode == 0
    program = clinic.run(script=BRISK)  # it comes up while people are invited beside it
    ito_link = clinic.say("invite", "staff", "--role", "clinician", "--name", "Dr Ito")["link"]
    zone = zone_where_it_is_day()
    calm = clinic.say("invite", "patient", *OPERATION, "--zone", zone)
    red = clinic.say("invite", "patient", *OPERATION, "--zone", zone, "--born", "1958")
    assert set(red) == {"code", "link", "expires_at"}
    program.ready()

    ito = telegram.phone("Dr Ito")
    ito.start(ito_link)
    ito.reads("Welcome, Dr Ito")

    # A calm check-in to its end, with the education that fits it; another patient is asked for her year of birth.
    joan, maria = telegram.phone("Joan"), telegram.phone("Maria")
    joan.start(calm["link"])
    maria.start(red["link"])
    consents(joan)
    consents(maria)
    prepares(joan)
    joan.press(starts)
    maria.reads("In which year were you born?")
    maria.write("1958")
    prepares(maria)
    joan.press(answers("gate_bladder_bowel", "none"))
    joan.press(answers("gate_feeling", "none"))

    # A stop in the middle: within five seconds, with exit code 0; the next run goes on.
    code, seconds = program.stop()
    assert (code, seconds < STOPS_WITHIN) == (0, True), (code, seconds, program.log())
    clinic.run(script=BRISK).ready()
    maria.press(starts)
    completes(joan, "Thank you", back_nrs="3", weak_task="harder", pain_level="above")
    joan.reads("A weaker leg or foot")
    assert joan.count(CARD) == 0
    assert ito.count(calm["code"]) == 0, "what is for this week buzzes nobody"

    # One of the first answers was another: it is chosen from the list, which two quick taps bring once, in one message.
    (change,) = [button for button in joan.buttons() if isinstance(button.press, ChangePress)]
    joan.tap(change)
    joan.tap(change)
    joan.reads("Which answer do you want to change?")
    joan.press(lambda press: isinstance(press, ChangePress) and press.question == "back_nrs")
    joan.press(answers("back_nrs", "2"))
    changed = joan.reads("Back pain, 0 to 10: 2")
    assert changed["edited"]
    assert joan.count("Which answer do you want to change?") == 0
    assert joan.count("Back pain, 0 to 10: 3") == 1, "what was said at first stands above"

    # A link that was used is refused with the one reply, like one that never was.
    stranger = telegram.phone("Stranger")
    stranger.start(calm["link"])
    stranger.reads("This link does not work")
    stranger.start("?start=never-was-one")
    stranger.reads("This link does not work", times=2)
    assert len(set(stranger.texts())) == 1

    # What was decided is not decided again, when Telegram hands it out once more.
    until(lambda: telegram.waiting() == [], "all to be confirmed")
    for update in telegram.messages_of(stranger):
        telegram.redeliver(update)

    # A red one: the card is a new message, the alert is taken, the patient hears of it, and it is resolved.
    maria.press(emergency)
    card = maria.reads(CARD)
    assert RECORDED in card["text"]
    assert not card["edited"], "a card is a new message"
    assert "Emergency" in ito.reads(red["code"])["text"]

    # After it one question is asked, below the card, and none of the others; the answer is no reason to wait.
    maria.press(answers("rf_onset", "longer"))
    saved = maria.reads("It changes nothing about what to do now")
    assert saved["message_id"] == card["message_id"] + 1 == max(one["message_id"] for one in maria.messages())
    until(lambda: maria.buttons() == [], "the red-flag screen to lose its buttons")

    ito.press(takes)
    maria.reads("The clinic has seen this")
    ito.press(resolves("called"))
    ito.reads(f"Closed · {red['code']}")
    assert ito.buttons() == []
    with clinic.opened() as house:
        chart = house.store.chart(red["code"])
        assert chart is not None
        assert [type(alert.state) for alert in chart.alerts] == [Resolved]
    assert stranger.count("This link does not work") == 2
    assert clinic.cli("verify").returncode == 0


def test_one_folder_has_one_program(sqlite_clinic: Clinic) -> None:
    """A second one beside it would ask Telegram for the same updates, and would send the same messages."""
    clinic = sqlite_clinic
    first = clinic.run().ready()
    second = clinic.cli("run")
    assert second.returncode == 1
    assert second.stderr.splitlines()[0].startswith("Another followupbot runs with")
    assert len(second.stderr.splitlines()) == 2, second.stderr
    first.kill()
    third = clinic.run().ready()  # a lock does not outlive the process that had it, however it ended
    assert third.stop()[0] == 0
