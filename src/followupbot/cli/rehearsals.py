"""What `followupbot preview` shows: a conversation with a care protocol, and what the clinic would get."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import typer

from followupbot.channels.console import review, screen
from followupbot.channels.console.conversation import Conversation
from followupbot.checking.cast import SURGERY_ON
from followupbot.checking.check import check
from followupbot.checking.coverage import check_coverage
from followupbot.checking.histories import Vignettes
from followupbot.checking.rehearsal import (
    VERSION,
    Beginning,
    Misplaced,
    Rehearsal,
    Window,
    nearest_windows,
    read_history,
    window_of,
)
from followupbot.checking.vignettes import read_vignettes
from followupbot.cli.terminal import called_wrongly, found_wrong, near, show, typed
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.clinic import Programme
from followupbot.domain.ids import Language, ProtocolKey
from followupbot.protocol_files.parts import FILE_BYTES_MAX
from followupbot.protocol_files.problems import Problem, Severity
from followupbot.protocol_files.programme import read_files
from followupbot.protocol_files.reading import Reading
from followupbot.protocol_files.sources import (
    CLINIC_FILE,
    PROTOCOL,
    PROTOCOLS,
    VIGNETTES,
    gather,
    is_protocol,
    key_in,
    own_paths,
)
from followupbot.rendering.renderer import Renderer, RenderingFailed
from followupbot.rendering.words import Words

BEGINS = """\
{protocol}, {timing}, in {language}. Nothing is sent, and nothing is kept.
The operation was on {surgery_on}; this is {today}, day {day}.
Type what stands in [ ] before a button, or words, or a command such as /stop. {quit} ends it.
"""


def hold(data: Path, protocol: str, language: str | None, day: int | None, history: Path | None) -> None:
    """The patient has talked to it, and has seen what the clinic would get. Called wrongly, it ends the command."""
    found = _read(_choose(data, protocol), language)
    rehearsal = Rehearsal(found.protocol, found.programme, found.language)
    beginning = _begin(rehearsal, found, day, history)
    conversation = Conversation(
        beginning.chart, beginning.now, Renderer(lambda _: found.chosen.files, lambda _: rehearsal.settings)
    )
    try:
        messages = conversation.take(beginning.first)
        typer.echo(_introduction(conversation, found.language))
        show(messages)
        _talk(conversation)
        typer.echo("For the clinic:")
        for line in review.lines(conversation):
            typer.echo(line)
    except RenderingFailed:
        # `check` has a place for it, which the renderer has not.
        _refuse(found.wording, found.chosen)


# -- what is previewed -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Chosen:
    """All files of a programme, which of them is meant, and where those that are not the program's lie."""

    files: Mapping[str, bytes]
    path: str
    on_disk: Mapping[str, str]

    @property
    def key(self) -> ProtocolKey:
        return ProtocolKey(key_in(self.path))

    @property
    def vignettes(self) -> str:
        return f"{PROTOCOLS}{self.key}{VIGNETTES}"


@dataclass(frozen=True)
class _Found:
    """A care protocol without an error, and in which language and programme it is played."""

    chosen: _Chosen
    protocol: CareProtocol
    programme: Programme
    language: Language
    wording: tuple[Problem, ...]
    """What is wrong with words that are there."""


def _choose(data: Path, name: str) -> _Chosen:
    """The file of that name, or the protocol: the clinic's own, as it would be published, or one that ships."""
    files = gather(data)
    on_disk = {path: str(data / path) for path in own_paths(data)}
    if name.endswith(VIGNETTES):
        called_wrongly(f"{name} has vignettes; give the care protocol that they are about.")
    if not name.endswith(PROTOCOL):
        names = [key_in(path) for path in files if is_protocol(path)]
        if name not in names:
            hint = near(name, names) or f" There are {', '.join(names)}; a file's name ends with {PROTOCOL}."
            called_wrongly(f"There is no care protocol {name!r}.{hint}")
        return _Chosen(files, f"{PROTOCOLS}{name}{PROTOCOL}", on_disk)
    file = Path(name)
    if not file.is_file():
        called_wrongly(f"There is no file {name}.")
    for beside in (file, file.with_suffix(VIGNETTES)):
        if beside.is_file():
            files[f"{PROTOCOLS}{beside.name}"] = beside.read_bytes()
            on_disk[f"{PROTOCOLS}{beside.name}"] = str(beside)
    return _Chosen(files, f"{PROTOCOLS}{file.name}", on_disk)


def _read(chosen: _Chosen, wanted: str | None) -> _Found:
    """The protocol. Errors in its file or the clinic's, and words that are missing, end the command as in `check`.

    Words that are hard to read do not: to look at them is what a preview is for.
    """
    read = read_files(chosen.files)
    if wanted is not None and wanted not in read.languages:
        hint = near(wanted, read.languages) or f" There are {', '.join(read.languages)}."
        called_wrongly(f"--language: there are no messages in {wanted!r}.{hint}")
    staff = None if read.settings is None else read.settings.language
    spoken = tuple(f"messages/{language}/" for language in (wanted, staff) if language is not None)
    words = Words(chosen.files)
    unreadable = [Problem(fault.file, fault.line, fault.column, fault.message) for fault in words.faults]
    missing = [*unreadable, *check_coverage(words, read.protocols, {chosen.key})]
    errors = [found for found in check(chosen.files, play=False) if found.severity is Severity.ERROR]
    wording = tuple(found for found in errors if found.file.startswith(spoken))
    fatal = [found for found in errors if found.file in {chosen.path, CLINIC_FILE}]
    fatal += [found for found in missing if found.file.startswith(spoken)]
    if fatal:
        _refuse(fatal, chosen)
    assert read.settings is not None, "without them there is an error"
    protocol = next(found.protocol for found in read.protocols if found.protocol.key == chosen.key)
    programme = Programme(
        VERSION, {protocol.key: protocol}, read.settings, read.languages, read.lexicons, words.labels()
    )
    return _Found(chosen, protocol, programme, Language(wanted or read.settings.language), wording)


def _refuse(problems: Iterable[Problem], chosen: _Chosen) -> NoReturn:
    found_wrong("\n".join(str(replace(found, file=chosen.on_disk.get(found.file, found.file))) for found in problems))


# -- where it begins ---------------------------------------------------------------------------------------------------


def _begin(rehearsal: Rehearsal, found: _Found, day: int | None, history: Path | None) -> Beginning:
    window = None if day is None else _window(found.protocol, day)
    if history is not None:
        return _after(rehearsal, found, history, window, day or 0)
    return rehearsal.newcomer() if window is None else rehearsal.asked(window, day or 0)


def _window(protocol: CareProtocol, day: int) -> Window:
    window = window_of(protocol, day)
    if window is None:
        nearest = " and ".join(str(other) for other in nearest_windows(protocol, day))
        called_wrongly(f"--day: nothing is asked on day {day}. The nearest: {nearest or 'none, but at enrolment'}.")
    return window


def _after(rehearsal: Rehearsal, found: _Found, history: Path, window: Window | None, day: int) -> Beginning:
    if not history.is_file():
        called_wrongly(f"--history: there is no file {history}.")
    reading = Reading(str(history), history.read_bytes()[: FILE_BYTES_MAX + 1])
    said = read_history(reading, _known(found.chosen))
    if said is None:
        _refuse(reading.problems, found.chosen)
    try:
        return rehearsal.asked_after(said, window, day)
    except Misplaced as error:
        if error.occasion is None:
            found_wrong(f"{history}: {error}")
        at = reading.at("history", error.occasion)
        found_wrong(str(Problem(str(history), at.line, at.column, str(error))))


def _known(chosen: _Chosen) -> Vignettes | None:
    """The protocol's vignettes: they know what patients usually say."""
    content = chosen.files.get(chosen.vignettes)
    return None if content is None else read_vignettes(Reading(chosen.vignettes, content))


# -- the conversation --------------------------------------------------------------------------------------------------


def _introduction(conversation: Conversation, language: Language) -> str:
    protocol, check_in = conversation.chart.protocol(), conversation.chart.open_check_in
    today = conversation.now.date()
    return BEGINS.format(
        protocol=protocol.key,
        timing=protocol.at_enrolment if check_in is None else check_in.timing,
        language=language,
        surgery_on=SURGERY_ON,
        today=today,
        day=(today - SURGERY_ON).days,
        quit=screen.QUIT_KEY,
    )


def _talk(conversation: Conversation) -> None:
    """It goes on until it is over. Where nobody says anything more, the clock runs on until the check-in ends."""
    lines = typed()
    while not conversation.over:
        if not conversation.waits:
            asked = conversation.wait_for_help()
            _show_time(conversation.now)
            show(asked)
            continue
        line = next(lines, screen.QUIT_KEY)
        if line == screen.QUIT_KEY:
            typer.echo("Nothing more is said.\n")
            for at, message in conversation.fall_silent():
                _show_time(at)
                show((message,))
            return
        show(conversation.say(line))


def _show_time(at: datetime) -> None:
    """Before what comes although nobody has said anything."""
    typer.echo(f"{at:%Y-%m-%d %H:%M}")
