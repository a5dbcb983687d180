"""`followupbot erase`, `hold` and `retention`: what goes, what has to stay, and what runs out."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from followupbot import settings
from followupbot.cli.calls import caller
from followupbot.cli.terminal import NOT_ALLOWED, called_wrongly, found_wrong, no_patient, typed
from followupbot.domain import patient_code
from followupbot.domain.erasure import Obstacle
from followupbot.domain.ids import PatientId
from followupbot.upkeep.disk import settle_names

if TYPE_CHECKING:
    from followupbot.bootstrap.house import House

WHY_NOT = {
    Obstacle.ALERT_OPEN: "An alert is open. Resolve it first.",
    Obstacle.UNREAD: "Nobody has read what the patient wrote. Read it first: followupbot patient {code} read",
    Obstacle.LEGAL_HOLD: "There is a legal hold. Whoever may end it: followupbot hold {code} --release",
    Obstacle.NOT_REQUESTED: "The patient has not sent /delete. Where they have asked in writing: --asked-in-writing",
}


As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who does it, as `staff list` shows them.")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="The patient's code.")]


def erase(
    code: Code,
    copy: Annotated[
        Path,
        typer.Option("--copy", metavar="FILE", help="The copy for the hospital's record: a new file."),
    ],
    asked_in_writing: Annotated[
        bool, typer.Option("--asked-in-writing", help="The patient has asked by letter or in person.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask once more.")] = False,
    as_name: As = None,
) -> None:
    """Write a copy for the hospital's record, then erase the patient: nobody can read anything of them any more.

    Not while an alert is open, nor under a legal hold. Old backups can't bring the patient back.

    Example: followupbot erase 7F3K9 --copy /secure/7F3K9.json
    """
    from followupbot.application import erasures
    from followupbot.bootstrap import backups, house

    loaded = settings.load()
    with house.open_house(loaded) as opened:
        patient, by = _patient(code), caller(opened, as_name)
        try:
            whole = erasures.export(opened.store, patient, by, opened.clock.now())
        except erasures.NotAllowed:
            found_wrong(NOT_ALLOWED)
        if whole is None:
            _say_who_is_not_there(opened, patient)
        obstacles = _obstacles(opened, patient, asked_in_writing)
        if obstacles:
            found_wrong("\n".join(WHY_NOT[one].format(code=patient) for one in obstacles))
        _write(copy, whole)
        typer.echo(f"The copy is in {copy}: everything in it, in the clear. Put it into the hospital's record.")
        if not yes:
            typer.echo(f"Erase {patient} now? It can't be undone. Type the code once more.")
            if patient_code.parse(next(typed(), "")) != patient:
                found_wrong("Nothing was erased.")
        found = erasures.erase(opened.store, patient, whole, by, opened.clock.now(), requested=asked_in_writing)
        if found:
            found_wrong("\n".join(WHY_NOT[one].format(code=patient) for one in found))
        backups.remember_erased(loaded, [patient])
        backups.copy_keys(loaded, opened.keys)
    typer.echo(f"{patient} is erased. Old copies of the keys still open old backups: destroy those copies.")


def hold(
    code: Code,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why; it is kept encrypted.")] = None,
    release: Annotated[bool, typer.Option("--release", help="End the hold.")] = False,
    as_name: As = None,
) -> None:
    """Keep everything about a patient, whatever is asked for or runs out, until the hold is released.

    Example: followupbot hold 7F3K9 --reason "court order 2026/17"
    """
    from followupbot.application import erasures
    from followupbot.bootstrap import house

    if (reason is None) is not release:
        called_wrongly("Give either --reason TEXT, or --release.")
    with house.open_house(settings.load()) as opened:
        patient, by = _patient(code), caller(opened, as_name)
        if opened.store.chart(patient) is None:
            _say_who_is_not_there(opened, patient)
        now = opened.clock.now()
        try:
            if reason is None:
                changed = bool(erasures.release(opened.store, patient, by, now).facts)
                words = "The hold has ended." if changed else "There was no hold."
            else:
                changed = bool(erasures.hold(opened.store, patient, reason, by, now).facts)
                words = "Nothing about this patient is erased from now on." if changed else "There is a hold already."
        except erasures.NotAllowed:
            found_wrong(NOT_ALLOWED)
    typer.echo(words)


def retention(
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without this it is only counted.")] = False,
) -> None:
    """Say by class of data how long it is kept, and what has run out. `run` does the same each day, with `--apply`.

    Example: followupbot retention --apply
    """
    from followupbot.bootstrap import house, tidying

    with house.open_house(settings.load()) as opened:
        report = tidying.tidy(opened, apply=apply)
    table = Table("Data", "Kept", "Has run out", "What happens" if not apply else "What was done")
    for line in report:
        table.add_row(line.what, line.kept, str(line.count), line.done if apply else line.will)
    Console().print(table)
    if not apply:
        typer.echo("Nothing was changed. To do it: followupbot retention --apply")


def _patient(code: str) -> PatientId:
    patient = patient_code.parse(code)
    if patient is None:
        no_patient(code)
    return patient


def _say_who_is_not_there(opened: "House", patient: PatientId) -> NoReturn:
    stone = opened.store.tombstone(patient)
    if stone is not None:
        found_wrong(f"{patient} was erased, as ordered on {stone.ordered_at:%Y-%m-%d}.")
    no_patient(patient)


def _obstacles(opened: "House", patient: PatientId, requested: bool) -> tuple[Obstacle, ...]:
    from followupbot.domain import erasure

    chart = opened.store.chart(patient)
    assert chart is not None, "it was exported"
    return erasure.obstacles(chart, requested=requested)


def _write(path: Path, content: bytes) -> None:
    """The copy is on the disk before anything is erased, and takes the place of nothing."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        called_wrongly(f"--copy: there is a file {path} already.")
    except OSError as error:
        called_wrongly(f"--copy: {path} can't be written: {error.strerror}.")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    settle_names(path.absolute().parent)
