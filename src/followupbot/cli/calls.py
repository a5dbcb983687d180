"""`followupbot answer`: a patient on the telephone, whose answers are entered here."""

from typing import TYPE_CHECKING, Annotated

import typer

from followupbot import settings
from followupbot.application import calls
from followupbot.channels.console.call import Call
from followupbot.channels.console.screen import QUIT_KEY
from followupbot.cli.terminal import called_wrongly, found_wrong, near, no_patient, shell, show, typed
from followupbot.domain import patient_code
from followupbot.domain import staff as staff_of
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import StaffJoined
from followupbot.domain.decision import ByShell, ByStaff
from followupbot.domain.ids import PatientId

if TYPE_CHECKING:
    from followupbot.bootstrap.house import House

YES = frozenset({"y", "yes"})

BEGINS = """\
{code}, in {language}. Each answer is kept as soon as it is entered, with your name: {who}.
Read out what stands behind the bar. Type what stands in [ ] before a button, or what the patient says.
{quit} ends the call.
"""

STANDING = {
    "paused": "The patient has asked for a pause. Go on only if it is they who called.",
    "stopped": "The patient has asked us to stop. Go on only if it is they who called.",
    "deletion_requested": "The patient has asked us to delete everything. Go on only if it is they who called.",
}

NOT_ALLOWED = "{who} may not do this. That it was tried is recorded."


def answer(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The patient's code.")],
    as_name: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who calls, as `staff list` shows them.")
    ] = None,
) -> None:
    """Ask a patient on the telephone the same questions, and record the answers with who entered them.

    Nothing of it goes to a chat. Where the call is cut off, the same command goes on there.

    Example: followupbot answer 7F3K9 --as "Dr Ito"
    """
    from followupbot.bootstrap import house  # here and not above: it takes longer than many a command

    with house.open_house(settings.load()) as opened:
        chart, by = _chart(opened, code), caller(opened, as_name)
        try:
            line = calls.ring(opened.store, chart.patient, by, opened.clock.now)
        except calls.NotAllowed:
            found_wrong(NOT_ALLOWED.format(who=as_name))
        if chart.active is None:
            found_wrong(f"{chart.patient} does not take part yet: nothing is asked before consent.")
        if chart.held:
            found_wrong(f"First read what came, it may be news of a death: followupbot patient {chart.patient} read")
        language = chart.enrolled.plan.language
        who = as_name or calls.name_of(by)
        typer.echo(BEGINS.format(code=chart.patient, language=language, who=who, quit=QUIT_KEY))
        if chart.standing in STANDING:
            typer.echo(f"{STANDING[chart.standing]}\n")
        words = chart.clinic.published.version
        _talk(opened, Call(line, chart.patient, words, language, opened.renderer))


def caller(opened: "House", name: str | None) -> ByShell | ByStaff:
    """Who sits at the terminal: the staff member of that name, else the shell's user."""
    if name is None:
        return shell()
    clinic = opened.store.clinic()
    member = staff_of.called(clinic, name)
    if member is None or not isinstance(member.state, StaffJoined):
        names = [known.name for known in clinic.staff if isinstance(known.state, StaffJoined)]
        called_wrongly(f"--as: nobody who has joined is called {name!r}.{near(name, names)}")
    return ByStaff(member.id)


def _chart(opened: "House", code: str) -> Chart:
    patient = patient_code.parse(code)
    chart = None if patient is None else opened.store.chart(patient)
    if chart is None:
        no_patient(code)
    return chart


def _talk(opened: "House", call: Call) -> None:
    """It goes on until nothing waits for an answer, or whoever types ends it."""
    lines = typed()
    messages = call.go_on()
    if not messages:
        typer.echo("No check-in is open. Begin one that is not planned? (yes or no)")
        if next(lines, "").casefold() not in YES:
            return
        messages = call.report()
    show(messages)
    while call.buttons or _asks(opened, call.patient):
        if not call.buttons:  # help is there; what was asked before goes on
            show(call.go_on())
        line = next(lines, QUIT_KEY)
        if line == QUIT_KEY:
            break
        show(call.say(line))
    left = "It is not finished; to go on: followupbot answer" if _asks(opened, call.patient) else "The call is over for"
    typer.echo(f"{left} {call.patient}")


def _asks(opened: "House", patient: PatientId) -> bool:
    """Whether a check-in waits for answers."""
    chart = opened.store.chart(patient)
    return chart is not None and chart.open_check_in is not None
