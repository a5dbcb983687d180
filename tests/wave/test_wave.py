"""A wave of check-ins at Telegram's rate, and alerts that come up in the middle of it."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator

import pytest

from followupbot.domain.presses import StartPress
from tests.process.harness import Clinic, emergency, takes
from tests.process.telegram import Phone, Telegram, until
from tests.wave.seed import seed

WAVE = int(os.environ.get("WAVE", "300"))

RATE = 30.0
"""What the bucket of the practice Telegram gains a second; it holds 30, and refuses with 429 what finds it empty."""

RATE_SHARE_MIN = 0.99
ALERT_P99_MAX = 1.0

ALERT_EVERY = 2.5
"""Seconds between two emergencies: one page each, and one chat has one message a second."""


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    """As in tests/process, but it limits the rates, as Telegram does."""
    with Telegram() as serving:
        serving.do(lambda: serving.practice.limits(True))
        yield serving


@pytest.mark.long
@pytest.mark.parametrize("engine_name", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_wave_of_check_ins_with_alerts_in_it(
    clinic: Clinic, engine_name: str, record_property: Callable[[str, object], None]
) -> None:
    """No 429, 99 % of the rate, and alerts within a second; also where the sender is another process than the clock."""
    before = clinic.run().ready()
    ito = clinic.staff_joins("Dr Ito")
    assert before.stop()[0] == 0
    with clinic.opened() as house:
        patients = seed(house, clinic.telegram, WAVE)
    names = {phone.id: phone for phone in patients.values()}
    since = clinic.telegram.log()[-1]["n"]
    program = clinic.run().ready()
    delays = raise_alerts(clinic.telegram, names, ito, since)
    until(lambda: len(asked(clinic.telegram, since, names)) == WAVE, "everybody to be asked", within=60)
    assert program.stop()[0] == 0

    calls = [call for call in clinic.telegram.log(since=since) if call["method"] in SENDS]
    first_asked, last_asked = (pick(asked(clinic.telegram, since, names).values()) for pick in (min, max))
    times = [call["at"] for call in calls if call["accepted"]]
    within = [at for at in times if first_asked <= at <= last_asked]
    rate = (len(within) - 1) / (last_asked - first_asked)
    p99 = sorted(delays)[int(0.99 * (len(delays) - 1))]
    figures = {
        "database": engine_name,
        "check-ins": WAVE,
        "messages a second": round(rate, 2),
        "429": sum(call["status"] == 429 for call in calls),
        "alerts": len(delays),
        "alert p50 ms": round(sorted(delays)[len(delays) // 2] * 1000),
        "alert p99 ms": round(p99 * 1000),
        "a strict second would refuse": strictly_refused(times),
    }
    record_property("figures", figures)
    assert figures["429"] == 0
    assert p99 <= ALERT_P99_MAX
    assert rate >= RATE_SHARE_MIN * RATE


SENDS = ("sendMessage", "editMessageText", "editMessageReplyMarkup")


def asked(telegram: Telegram, since: int, patients: dict[int, Phone]) -> dict[int, float]:
    """Who has had a message since, and when the first."""
    found: dict[int, float] = {}
    for call in telegram.log("sendMessage", since=since):
        chat = int(call["params"]["chat_id"])
        if call["accepted"] and chat in patients:
            found.setdefault(chat, call["at"])
    return found


def raise_alerts(telegram: Telegram, patients: dict[int, Phone], ito: Phone, since: int) -> list[float]:
    """Now and then one of those who have been asked presses an emergency; seconds until a clinician has it."""
    delays = []
    told: set[int] = set()
    pressed: set[int] = set()
    seen = since
    while len(told) < len(patients):
        began = time.monotonic()
        calls = telegram.log("sendMessage", since=seen)
        seen = max([seen, *(call["n"] for call in calls)])
        told |= {int(call["params"]["chat_id"]) for call in calls if call["accepted"]} & patients.keys()
        if calm := told - pressed:
            pressed.add(chosen := max(calm))
            delays.append(raise_alert(patients[chosen], ito))
        time.sleep(max(0.0, ALERT_EVERY - (time.monotonic() - began)))
    assert delays, "an alert came up while the wave ran"
    return delays


def raise_alert(phone: Phone, ito: Phone) -> float:
    """Seconds from the press to the page on the clinician's phone."""
    phone.press(lambda press: isinstance(press, StartPress), within=20)
    before = len(ito.texts())
    phone.press(emergency, within=20)
    pressed = time.monotonic()
    until(lambda: len(ito.texts()) > before, "the clinician to be paged", within=20)
    delay = time.monotonic() - pressed
    ito.press(takes)
    return delay


def strictly_refused(times: list[float]) -> int:
    """How many a server would have refused that takes thirty in any one second, and forgets the refused."""
    window: deque[float] = deque()
    refused = 0
    for at in times:
        while window and window[0] <= at - 1.0:
            window.popleft()
        if len(window) >= RATE:
            refused += 1
        else:
            window.append(at)
    return refused
