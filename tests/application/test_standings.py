"""What a patient hears to each command and to plain words, however they stand: standings.txt is the whole table."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from followupbot.application import admins, statuses
from followupbot.domain.decision import ByShell, Cause, Decision
from followupbot.domain.enrolment_state import STANDINGS
from followupbot.domain.manual import COMMANDS
from followupbot.domain.outgoing import OutgoingMessage
from followupbot.domain.schedule import PartialDate
from tests.application.memory import a_store
from tests.application.test_red_words import PATIENT, WAY_IN, programme, tap
from tests.application.world import World
from tests.builders import NOW, a_plan

TABLE = Path(__file__).with_name("standings.txt")
SHELL = ByShell("root")
BUTTONS_SHOWN_MAX = 4
AHEAD = "2026-06-01"

STORIES: Mapping[str, str] = {
    "invited": "",
    "reading": "opens",
    "consenting": "opens, next, next",
    "identifying": "opens, next, next, agree",
    "confirming": "opens, next, next, agree",
    "teaching_back": "opens, next, next, agree, right",
    "practising": "opens, next, next, agree, right, call",
    "declined": "opens, next, next, decline",
    "locked": "opens, next, next, agree, writes 1901, writes 1902, writes 1903",
    "active, before the operation": "enrols",
    "active": "enrols",
    "paused": "enrols, sends pause 4w",
    "stopped": "enrols, sends stop",
    "deletion_requested": "enrols, sends delete",
    "held, for words of death": "enrols, writes He died",
    "held, for words of a hospital": "enrols, writes She is in hospital",
    "held, on the way in": "opens, next, writes He passed away",
    "died": "enrols, staff record died",
    "died, on the way in": "opens, next, staff record died",
    "died, after a request to delete": "enrols, sends delete, staff record died",
    "moved": "enrols, staff record moved",
    "transferred": "enrols, staff record transferred",
    "withdrawn": "enrols, staff record withdraw",
    "admitted": "enrols, staff record admitted",
    "cancelled": "enrols, staff record cancelled",
    "moved, and stopped since": "enrols, staff record moved, sends stop",
}
"""How each of them comes about."""

BORN = ("identifying", "locked")
OPERATED_LATER = ("active, before the operation", "cancelled")

ACTIONS: Mapping[str, Callable[[World], Decision]] = {
    **{f"/{name}": lambda world, name=name: world.command(PATIENT, name) for name in COMMANDS},  # type: ignore[misc]
    "/time 10:30": lambda world: world.command(PATIENT, "time", "10:30"),
    "/pause 4w": lambda world: world.command(PATIENT, "pause", "4w"),
    "/nothing": lambda world: world.command(PATIENT, "nothing"),
    "/start": lambda world: world.start(PATIENT, None),
    "hello": lambda world: world.write(PATIENT, "hello"),
    "stop": lambda world: world.write(PATIENT, "stop"),
    "I leak": lambda world: world.write(PATIENT, "I leak"),
    "a photo": lambda world: world.send(PATIENT, "photo"),
}


def somebody(standing: str) -> World:
    """Whoever stands so."""
    world = World(a_store(programme()), NOW)
    plan = a_plan(born=1958 if standing in BORN else None, language="en")
    if standing in OPERATED_LATER:
        plan = replace(plan, surgery_on=PartialDate.parse(AHEAD))
    patient, link = admins.invite_patient(world.store, plan, SHELL, NOW)
    for happens in STORIES[standing].split(", ") if STORIES[standing] else ():
        does, _, what = happens.partition(" ")
        match does:
            case "opens" | "enrols":
                world.start(PATIENT, link.token)
                for label in WAY_IN if does == "enrols" else ():
                    tap(world, label)
            case "writes":
                world.write(PATIENT, what)
            case "sends":
                world.command(PATIENT, *what.split())
            case "staff":
                cause = Cause("staff", SHELL)
                statuses.record(world.store, patient, what.removeprefix("record "), "", cause, world.now)
            case _:
                tap(world, does)
    chart = world.store.chart(patient)
    assert chart is not None
    return world


def shown(decision: Decision) -> str:
    """The messages that come of it, each with its buttons; of many the number."""
    return " + ".join(_shown(message) for message in decision.outgoing if isinstance(message, OutgoingMessage))


def _shown(message: OutgoingMessage) -> str:
    labels = [choice.label for row in message.choices for choice in row]
    few = len(labels) <= BUTTONS_SHOWN_MAX
    return " ".join([message.message, *(f"[{label}]" for label in (labels if few else [f"{len(labels)} buttons"]))])


def as_told(standing: str) -> str:
    """That standing's part of the table, as it is now: what has the same answer stands together."""
    answers: dict[str, list[str]] = {}
    for name, act in ACTIONS.items():
        answers.setdefault(shown(act(somebody(standing))), []).append(name)
    return "".join(f"{answer}\n    {' · '.join(names)}\n" for answer, names in answers.items())


def table() -> Mapping[str, str]:
    """The parts of the file, by standing."""
    parts = TABLE.read_text("utf-8").split("\n== ")[1:]
    return {title: f"{lines.strip()}\n" for title, _, lines in (part.partition(" ==\n") for part in parts)}


def standings() -> Iterator[str]:
    """The first word of each story: a standing of its own."""
    return (name.partition(",")[0] for name in STORIES)


def test_no_standing_is_left_out() -> None:
    """Every word that lists have for how a patient stands."""
    assert set(standings()) == set(STANDINGS)
    assert list(table()) == list(STORIES)


@pytest.mark.parametrize("standing", STORIES)
def test_each_standing_is_what_its_story_says(standing: str) -> None:
    """Or the table would be about somebody else."""
    (chart,) = somebody(standing).store.charts.values()
    named = standing.partition(",")[0]
    found = {chart.standing, chart.enrolled.standing, chart.enrolled.state.kind, chart.enrolled.halted}
    assert named in found


@pytest.mark.parametrize("standing", STORIES)
def test_everybody_is_answered_as_they_stand(standing: str) -> None:
    """Kindly, and with nothing that leads nowhere. Read the part below before it goes into the table."""
    assert as_told(standing) == table()[standing]
