"""A made-up past is what the real domain decides, and comes out as the character would have it."""

import random
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Programme, Role, StaffJoined, StaffMember
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.facts.alerts import AlertRaised
from followupbot.domain.facts.check_ins import CheckInAsked, CheckInCompleted, CheckInExpired
from followupbot.domain.folding import fold
from followupbot.domain.ids import ChatId, Language, PatientId, ProtocolKey, StaffId, Version
from followupbot.domain.schedule import PartialDate
from followupbot.protocol_files.programme import read_programme
from followupbot.protocol_files.sources import gather
from followupbot.simulation.characters import DRIFTING, RED, SILENT, STEADY, Character
from followupbot.simulation.past import Past

CAME_IN = datetime(2022, 11, 25, 10, tzinfo=UTC)
TODAY = datetime(2026, 11, 27, 9, tzinfo=UTC)
KIM = StaffMember(StaffId("s1"), "Kim", Role.CLINICIAN, StaffJoined(ChatId("kim")))
SHIPS = Version("ships")


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Programme:
    empty: Path = tmp_path_factory.mktemp("data")
    return read_programme(SHIPS, gather(empty))


def lived(programme: Programme, character: Character, seed: int = 1) -> Past:
    clinic = Clinic(1, (KIM,), SHIPS, programme=programme)
    chart = Chart(PatientId("7F3KP"), clinic=clinic, programmes={SHIPS: programme})
    past = Past(chart, character, random.Random(seed), KIM)
    plan = Plan(ProtocolKey("lumbar_fusion"), PartialDate(2022, 11, 20), "Europe/Madrid", Language("en"), time(10))
    past.enrol(plan, ChatId("phone"), CAME_IN)
    past.live(TODAY)
    return past


def count(past: Past, kind: type) -> int:
    return sum(isinstance(fact, kind) for fact in past.facts)


def test_the_facts_alone_make_the_chart(programme: Programme) -> None:
    past = lived(programme, STEADY)
    empty = Chart(past.chart.patient, clinic=past.chart.clinic, programmes=past.chart.programmes)
    assert fold(empty, tuple(past.facts)) == past.chart


def test_who_is_steady_answers_every_check_in_and_raises_nothing(programme: Programme) -> None:
    past = lived(programme, STEADY)
    asked = count(past, CheckInAsked)
    assert asked >= 12, "the schedule of four years"
    assert count(past, CheckInCompleted) == asked
    assert count(past, AlertRaised) == 0


def test_who_drifts_is_noticed_and_who_is_silent_misses(programme: Programme) -> None:
    assert count(lived(programme, DRIFTING), AlertRaised) > 0
    assert count(lived(programme, SILENT), CheckInExpired) > 3


def test_a_red_flag_has_an_alert_that_a_clinician_has_ended(programme: Programme) -> None:
    past = lived(programme, RED)
    assert count(past, AlertRaised) > 0
    assert past.chart.unresolved_alert is None


def test_the_same_chance_lives_the_same_life(programme: Programme) -> None:
    assert lived(programme, DRIFTING, seed=3).facts == lived(programme, DRIFTING, seed=3).facts
    assert lived(programme, DRIFTING, seed=3).facts != lived(programme, DRIFTING, seed=4).facts
