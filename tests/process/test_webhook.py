"""The real program where Telegram brings the updates."""

import httpx
import pytest

from tests.process.harness import FIRST_SCREEN, Clinic, Program
from tests.process.troubles import locked

pytestmark = pytest.mark.fault

SECRET = "a-secret-that-only-telegram-knows"


@pytest.fixture
def clinic(sqlite_clinic: Clinic) -> Clinic:
    """Nothing here depends on the database."""
    return sqlite_clinic


def bring(program: Program, update: int, chat: int, text: str) -> int:
    """The status with which the program takes it."""
    program.wait_for("event=webhook address=", within=20)
    address = program.log().split("event=webhook address=")[1].split()[0]
    message = {"message_id": 10_000 + update, "chat": {"id": chat, "type": "private"}, "text": text}
    body = {"update_id": update, "message": message}
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    return httpx.post(f"{address}/in", json=body, headers=headers, timeout=30, trust_env=False).status_code


def test_what_is_brought_is_answered_when_it_is_kept_and_brought_again_when_it_is_not(clinic: Clinic) -> None:
    program = clinic.run(
        FOLLOWUPBOT_WEBHOOK_URL="https://bot.example/in",
        FOLLOWUPBOT_WEBHOOK_SECRET=SECRET,
        FOLLOWUPBOT_WEBHOOK_PORT="0",
    ).ready()
    maria = clinic.telegram.phone("Maria")
    maria.start("")  # this update waits at the practice Telegram for ever: it brings nothing
    token = clinic.links["Maria"].partition("?start=")[2]
    assert bring(program, 1, maria.id, f"/start {token}") == 200
    maria.reads(FIRST_SCREEN)
    with locked(clinic, program):
        assert bring(program, 2, maria.id, "Hello?") == 503
    assert bring(program, 2, maria.id, "Hello?") == 200
    maria.reads(FIRST_SCREEN, times=2)
    assert maria.count(FIRST_SCREEN) == 2
    assert SECRET not in program.log()
    assert clinic.telegram.log("getUpdates") == []
    assert program.stop()[0] == 0


def test_without_a_secret_it_does_not_begin(clinic: Clinic) -> None:
    program = clinic.run(FOLLOWUPBOT_WEBHOOK_URL="https://bot.example/in")
    assert program.wait() == 1
    assert "FOLLOWUPBOT_WEBHOOK_SECRET" in program.log()
