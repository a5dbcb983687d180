"""`followupbot schedule`: one patient's coming check-ins, and changes to them, shown before they are made."""

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from followupbot import settings
from followupbot.cli.patients import known, said
from followupbot.cli.terminal import called_wrongly, found_wrong, shell
from followupbot.domain import plan_changes
from followupbot.domain.ids import MessageKey, PatientId
from followupbot.domain.params import Lines, Param, Words
from followupbot.domain.plan_changes import NotChanged

if TYPE_CHECKING:
    from followupbot.bootstrap.house import House


def schedule(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The patient's code.")],
    change: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CHANGE]", help="move DAY DAY, add DAY or cancel DAY, each day as 2027-03-14."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Make the change; without it, it is only shown.")] = False,
) -> None:
    """Show the coming check-ins of a patient; with a change behind the code, how they would be. --yes makes it.

    Example: followupbot schedule 7F3K9 move 2027-03-14 2027-03-21 --yes
    """
    from followupbot.application import admins, schedules
    from followupbot.bootstrap.house import open_house  # here and not above: it takes longer than many a command

    wanted = plan_changes.read(change) if change else None
    if isinstance(wanted, NotChanged):
        called_wrongly("Expected move DAY DAY, add DAY or cancel DAY, each day as 2027-03-14.")
    with open_house(settings.load()) as opened:
        patient, now, cause = known(opened, code), opened.clock.now(), admins.a_call(shell())
        opened.store.record_view(cause, schedules.SEE_SCHEDULE, patient, now)
        chart = opened.store.chart(patient)
        assert chart is not None, "it was there a moment ago"
        found = None if wanted is None else plan_changes.change(chart, wanted, now)
        if isinstance(found, NotChanged):
            _refuse(opened, patient, found)
        lines = plan_changes.lines(chart, now, () if found is None else found.chart_facts)
        shown: dict[str, Param] = {"code": patient, "lines": Lines(lines) if lines else None}
        if wanted is not None and yes:
            refused = schedules.change(opened.store, patient, wanted, cause, now)
            if refused is not None:  # somebody has changed it since it was looked at
                _refuse(opened, patient, refused)
        message = "schedule" if wanted is None else "schedule_changed" if yes else "schedule_preview"
        typer.echo(said(opened, f"staff/{message}", shown))
        if wanted is not None and not yes:
            typer.echo("\nTo make the change, run it again with --yes.")


def _refuse(opened: "House", patient: PatientId, found: NotChanged) -> NoReturn:
    why = Words(MessageKey(f"staff/schedule_problems/{found.why}"))
    found_wrong(said(opened, "staff/schedule_problem", {"code": patient, "why": why}))
