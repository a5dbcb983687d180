"""`followupbot patient`: one patient, at the terminal."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from followupbot import settings
from followupbot.cli.terminal import NOT_ALLOWED, called_wrongly, found_wrong, no_patient, shell
from followupbot.domain import patient_code, patient_page
from followupbot.domain.carer_state import INITIALS_LENGTH_MAX, Helping, read_initials
from followupbot.domain.identity import FIELDS
from followupbot.domain.ids import CarerId, MessageKey, PatientId
from followupbot.domain.params import Param
from followupbot.domain.standing import NotRecorded

if TYPE_CHECKING:
    from followupbot.bootstrap.house import House

app = typer.Typer(no_args_is_help=True, invoke_without_command=True, help="See to one patient, by their code.")

Day = Annotated[str, typer.Argument(metavar="DATE", help="As precisely as it is known: 2027-03-14, 2027-03 or 2027.")]
Until = Annotated[
    str, typer.Argument(metavar="UNTIL", help="A day (2027-03-14) or how long (4w, 3m); 4 weeks without it.")
]


@app.callback()
def patient(
    context: typer.Context, code: Annotated[str, typer.Argument(metavar="CODE", help="The patient's code.")]
) -> None:
    """See to one patient, by their code; without a command behind it: who it is and how it stands. Views are recorded.

    Example: followupbot patient 7F3K9
    """
    context.obj = code
    if context.invoked_subcommand is None:
        _look(code)


@app.command()
def read(context: typer.Context) -> None:
    """Show what the patient wrote that nobody has read. What was held back for it goes on. It is in the access log.

    Example: followupbot patient 7F3K9 read
    """
    from followupbot.application import records
    from followupbot.bootstrap.house import open_house  # here and below: it takes longer than many a command

    with open_house(settings.load()) as opened:
        code = patient_code.parse(context.obj)
        found = None if code is None else records.read_notes(opened.store, code, shell(), opened.clock.now())
        if found is None:
            no_patient(context.obj)
    typer.echo("\n\n".join(found.texts) or "There is nothing to read.")
    if found.held:
        typer.echo("\nMessages were held back until somebody had read this. They go on from now.")


def _alone(status: str) -> Callable[[typer.Context], None]:
    def command(context: typer.Context) -> None:
        _record(context, status)

    return command


def _on_a_day(status: str) -> Callable[[typer.Context, str], None]:
    def command(context: typer.Context, on: Day) -> None:
        _record(context, status, on)

    return command


def _until(status: str) -> Callable[[typer.Context, str], None]:
    def command(context: typer.Context, until: Until = "") -> None:
        _record(context, status, until)

    return command


STATUSES: Mapping[str, tuple[Callable[[str], Callable[..., None]], str, str]] = {
    "died": (_alone, "Record that the patient has died: nothing is sent any more, to anybody who holds the phone.", ""),
    "moved": (_alone, "Record that the patient has moved away: nothing is started any more.", ""),
    "transferred": (
        _alone,
        "Record that another clinic looks after the patient: nothing is started any more.",
        "",
    ),
    "withdraw": (_alone, "Record that the patient takes part no more: nothing is started any more.", ""),
    "admitted": (_alone, "Record that the patient is in hospital: nothing is started until `resume`.", ""),
    "cancelled": (_alone, "Record that the operation is not to be: nothing is started any more.", ""),
    "pause": (_until, "Pause the check-ins; they go on by themselves.", " 2w"),
    "resume": (
        _alone,
        "Go on, whatever staff had recorded; a request for deletion is called off, which the patient must have told "
        "you.\n\nWhat the patient has stopped themselves, only they can begin again.",
        "",
    ),
    "operated": (
        _on_a_day,
        "Confirm the operation that lay ahead, so that the schedule begins; with a day ahead it is put off to that "
        "day.",
        " 2027-03-14",
    ),
    "reoperated": (
        _on_a_day,
        "Record another operation: the schedule, and what later answers are compared with, begin anew from there.",
        " 2027-03-14",
    ),
}
"""What staff record: what is typed behind it, what it does, and how the example ends. Each is a command."""

for _status, (_command, _does, _example) in STATUSES.items():
    app.command(_status, help=f"{_does}\n\nExample: followupbot patient 7F3K9 {_status}{_example}")(_command(_status))


def _look(typed: str) -> None:
    """Who it is first: in an emergency that is what somebody is looking for."""
    from followupbot.application import admins, identities, patient_pages
    from followupbot.bootstrap.house import open_house

    with open_house(settings.load()) as opened:
        code, now = known(opened, typed), opened.clock.now()
        found = identities.look(opened.store, code, admins.a_call(shell()), now)
        chart = opened.store.chart(code)
        assert chart is not None, "it was there a moment ago"
        for field in FIELDS:
            value = None if found is None else found.values.get(field)
            if value is not None:
                typer.echo(f"{field + ':':<17}{value}")
        if found is None or "phone" not in found.values:
            typer.echo(f"No phone number was entered. To enter it: followupbot identity {code} --file FILE")
        typer.echo()
        typer.echo(said(opened, "staff/patient_lines", {"lines": patient_page.params(chart, now)["lines"]}))
        for message, params in patient_pages.open_alert(opened.store, code, admins.a_call(shell()), now):
            typer.echo(f"\n{said(opened, message, params)}")


@app.command("break-glass")
def break_glass(
    context: typer.Context,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept encrypted.")],
    as_name: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who looks, as `staff list` shows them.")
    ] = None,
) -> None:
    """See how it stands with a patient in an emergency, without the right to. Every lead is told at once.

    Example: followupbot patient 7F3K9 break-glass --as Ada --reason "nobody else is here, the patient is on the phone"
    """
    from followupbot.application import patient_pages
    from followupbot.bootstrap.house import open_house
    from followupbot.cli.calls import caller

    if not reason.strip():
        called_wrongly("--reason: say why.")
    with open_house(settings.load()) as opened:
        code, by = known(opened, context.obj), caller(opened, as_name)
        try:
            params = patient_pages.break_glass(opened.store, code, reason, by, opened.clock.now())
        except patient_pages.NotAllowed:
            found_wrong(NOT_ALLOWED)
        typer.echo(said(opened, "staff/patient", dict(params)))


def known(opened: "House", code: str) -> PatientId:
    """The patient of that code; the command ends where there is none."""
    found = patient_code.parse(code)
    if found is None or opened.store.chart(found) is None:
        no_patient(code)
    return found


def _record(context: typer.Context, status: str, argument: str = "") -> None:
    from followupbot.application import admins, statuses
    from followupbot.bootstrap.house import open_house

    with open_house(settings.load()) as opened:
        code = known(opened, context.obj)
        cause = admins.a_call(shell())
        done = statuses.record(opened.store, code, status, argument, cause, opened.clock.now())
        words = said(opened, *statuses.answer(code, status, done))
        if isinstance(done, NotRecorded):
            found_wrong(words)
        typer.echo(words)


def said(opened: "House", message: str, params: dict[str, Param]) -> str:
    """The words of a message to staff, as a terminal shows them."""
    clinic = opened.store.clinic()
    language = clinic.settings.language
    rendered = opened.renderer.render(clinic.published.version, language, MessageKey(message), params)
    return opened.renderer.plain(rendered).html


@app.command()
def carers(
    context: typer.Context,
    remove: Annotated[int | None, typer.Option(metavar="NUMBER", help="That one helps no more.")] = None,
) -> None:
    """Show who helps the patient answer, and end one's help.

    Example: followupbot patient 7F3K9 carers --remove 1
    """
    from followupbot.application import invitations
    from followupbot.bootstrap.house import open_house

    with open_house(settings.load()) as opened:
        code = patient_code.parse(context.obj)
        chart = None if code is None else opened.store.chart(code)
        if code is None or chart is None or chart.enrolment is None:
            no_patient(context.obj)
        if remove is not None:
            gone = invitations.remove(opened.store, code, CarerId(remove), shell(), opened.clock.now())
            if not gone:
                called_wrongly(f"--remove: nobody of number {remove} helps {code}.")
            typer.echo(f"Carer {remove} helps no more.")
            return
    for found in chart.enrolment.carers:
        refuses = isinstance(found.state, Helping) and found.state.blocked
        typer.echo(f"carer {found.id}: {_CARER[found.state.kind]}{_REFUSES if refuses else ''}")
    if not chart.enrolment.carers:
        typer.echo("Nobody helps.")


@app.command("initials")
def choose_initials(
    context: typer.Context,
    initials: Annotated[str, typer.Argument(metavar="XX", help="1 to 4 letters or digits, such as MG.")],
) -> None:
    """Choose what stands before each message about the patient, where one phone follows several.

    Example: followupbot patient 7F3K9 initials MG
    """
    from followupbot.application import invitations
    from followupbot.bootstrap.house import open_house

    name = read_initials(initials)
    if name is None:
        called_wrongly(f"XX: expected 1 to {INITIALS_LENGTH_MAX} letters or digits, such as MG.")
    with open_house(settings.load()) as opened:
        code = known(opened, context.obj)
        if not invitations.choose_initials(opened.store, code, name, shell(), opened.clock.now()):
            found_wrong(NOT_ALLOWED)
    typer.echo(f"Messages about {code} begin with {name}, where one phone follows several patients.")


_CARER = {"beckoned": "has a link that is out", "wondering": "has opened the link", "helping": "helps"}
_REFUSES = ", but their chat refuses our messages"
