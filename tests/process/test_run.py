"""What `run` does when Telegram, the token or the network is not as it should be."""

import socket
import time
from pathlib import Path

import pytest

from tests.process import impatient
from tests.process.harness import FIRST_SCREEN, STOPS_WITHIN, Clinic
from tests.process.telegram import TOKEN, Telegram, until

pytestmark = pytest.mark.fault


@pytest.fixture
def clinic(sqlite_clinic: Clinic) -> Clinic:
    """Nothing here depends on the database."""
    return sqlite_clinic


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def test_without_a_network_it_says_so_once_and_waits(clinic: Clinic) -> None:
    port = free_port()
    program = clinic.run(FOLLOWUPBOT_TELEGRAM_API=f"http://127.0.0.1:{port}/bot")
    program.wait_for("Telegram can't be reached, and is tried again until it can")
    time.sleep(1.5)  # the second try has failed too
    assert program.log().count("Telegram can't be reached") == 1
    assert program.health()[0] == 200, "not yet: it has only just begun"
    with Telegram(port):
        program.ready()
    assert TOKEN not in program.log()


def test_a_token_that_telegram_does_not_know_ends_it(clinic: Clinic) -> None:
    program = clinic.run(FOLLOWUPBOT_TELEGRAM_TOKEN="987654321:AAThisTokenIsNobodysAtAll_00000000")
    assert program.wait() == 1
    assert "Telegram refuses the token" in program.log()
    assert "FOLLOWUPBOT_TELEGRAM_TOKEN" in program.log()
    assert "AAThisTokenIsNobodysAtAll" not in program.log()
    assert "Traceback" not in program.log()


def test_a_404_to_the_first_getme_pages_the_operator_and_is_tried_again(clinic: Clinic) -> None:
    """It may be a proxy's; and a 401 later may be a token's that is being changed."""
    telegram = clinic.telegram
    first = clinic.run().ready()
    ada = clinic.staff_joins("Ada")
    first.kill()

    telegram.fault("getMe", "404")
    program = clinic.run().ready()
    ada.reads("Telegram refuses the bot's token")

    telegram.fault("getUpdates", "401")
    maria = clinic.join("Maria")
    maria.reads(FIRST_SCREEN)
    assert program.process.poll() is None
    assert any(call["status"] == 401 for call in telegram.log("getUpdates"))


@pytest.mark.long
def test_a_later_401_pages_the_operator_and_is_tried_again(clinic: Clinic) -> None:
    """The second time in a row, since one alone means nothing; then everything goes, and nothing is lost."""
    telegram = clinic.telegram
    program = clinic.run().ready()
    ada = clinic.staff_joins("Ada")
    maria = clinic.join("Maria")
    maria.reads(FIRST_SCREEN)
    telegram.fault("sendMessage", "401", chat=maria.id, times=3)
    maria.write("Hello?")
    ada.reads("Telegram refuses the bot's token", within=40)
    assert program.process.poll() is None
    maria.reads(FIRST_SCREEN, times=2, within=40)


def test_a_stop_cuts_off_what_telegram_does_not_answer(clinic: Clinic) -> None:
    program = clinic.run().ready()
    clinic.telegram.fault("sendMessage", "hang_after", times=None)
    maria = clinic.join("Maria")
    maria.reads(FIRST_SCREEN)
    code, seconds = program.stop()
    assert (code, seconds < STOPS_WITHIN) == (0, True), (code, seconds, program.log())


def test_the_health_endpoint_tells_which_part_has_stopped(clinic: Clinic) -> None:
    program = clinic.run(script=Path(impatient.__file__)).ready()

    def problems() -> list[str]:
        code, said = program.health()
        assert (code == 200) is said["well"]
        assert set(said["age_ms"]) == {"intake", "sender", "clock"}
        return said["problems"]  # type: ignore[no-any-return]

    until(lambda: problems() == [], "all to be well")
    clinic.telegram.fault("getUpdates", "502", times=None)
    clinic.telegram.phone("Wakes the poll").start("")
    until(lambda: problems() == ["intake has stopped"], "the intake to be missed")
    clinic.telegram.mend()
    until(lambda: problems() == [], "all to be well again", within=20)


def test_nobody_can_be_told_turns_health_red(clinic: Clinic) -> None:
    """With no admin there is stderr, the log, `status`, and this."""
    clinic.telegram.fault("getMe", "404")
    program = clinic.run(script=Path(impatient.__file__)).ready()
    until(lambda: program.health()[0] == 503, "health to be red")
    assert program.health()[1]["problems"] == ["there are notices for the operator, and no admin can be reached"]
    clinic.staff_joins("Ada")
    until(lambda: program.health()[0] == 200, "health to be well")


def test_patients_are_offered_the_commands_in_their_language(clinic: Clinic) -> None:
    """From the start of the program on."""
    clinic.run().ready()
    profile = clinic.telegram.practice.telegram.profile

    def offered(language: str) -> dict[str, str]:
        menu = clinic.telegram.do(lambda: profile.menu(700000001, 700000001, language))
        return {command["command"]: command["description"] for command in menu}

    until(lambda: offered("es").get("stop") == "Dejar los controles", "a menu in Spanish")
    assert offered("en")["stop"] == "Stop the check-ins"
