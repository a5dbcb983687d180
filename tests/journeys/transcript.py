"""Patients' stories as transcripts: what people do stands in the file, and is done; what the bot does is compared.

    day 14 09:00  | bot -> patient: check_ins/ready [start]
    +2 min        | patient taps start
                  | bot => patient: questions/gate_bladder [rf_bladder_feel.new] [none]

Days count from the operation, on the patient's wall clock; `+2 min` counts from the line before. `->` is a new message,
`=>` takes the place of one, `-x` takes a message's buttons away. People do:

    clinic invites NAME [as ROLE] [again]      clinic removes NAME, or reads NAME
    clinic invites NAME to help OTHER (MG)     with OTHER's agreement; MG are OTHER's initials
    NAME opens the link [of OTHER]             NAME presses start
    NAME opens what OTHER got                  the link for a helper that stands in OTHER's chat
    NAME taps LABEL [on MESSAGE] [of OTHER]    a button that is there; with `on`, also one that is there no more
    NAME writes WORDS                          NAME sends a photo
    NAME sends /COMMAND [WORDS]
    NAME adds OTHER by phone                   NAME calls OTHER
    NAME enters LABEL                          a button that was read out in that call
    clinic puts NAME on call [next week]
    NAME blocks the bot [unnoticed]            NAME unblocks the bot
    NAME sends /COMMAND [WORD] in the group GROUP
    NAME taps LABEL in the group GROUP
    the group GROUP becomes a supergroup       the group GROUP removes the bot
    time passes                                the clinic opens, or goes on: its own timers are looked after

A patient's name behind a command is sent as their code.

Where a story's head says `clinic: wakes`, staff are asked each month whether they can be reached, and told what is not
ready. `closed: DATE, DATE` are bank holidays.

`protocol: whole` above the transcript: whoever has an alert can also expect what it tells of, and confirm a baseline.

`protocol: shipped` plays it by the care protocol that ships, and tells below each message what the phone shows, line by
line and with the words of its buttons.

`words: staff` tells below each message to staff, and to a group, what stands on the phone: in English behind `"`, in
Spanish behind `«`. So with what patients read of an alert. What differs from words already told in its numbers alone is
not told again.

What is read out in a call stands as `read out:`, and is in no chat.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from followupbot.application import admins, anytime, calls, duties, invitations, records, rounds
from followupbot.channels.console import hearing
from followupbot.domain.calls import to_be_read_out
from followupbot.domain.clinic import Programme, Role
from followupbot.domain.decision import ByShell, ByStaff, Cause, Decision
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.ids import ChatId, Language, MessageId, MessageKey, PatientId, StaffId
from followupbot.domain.outgoing import OutgoingMessage
from followupbot.domain.params import WHOM, Day, Instant, Param, Words
from followupbot.domain.presses import Choice, MeantPress
from followupbot.domain.rota_state import monday_of
from followupbot.domain.schedule import PartialDate, local, resolve
from followupbot.protocol_files.programme import read_programme
from followupbot.protocol_files.sources import gather
from followupbot.rendering.html import strip
from followupbot.rendering.renderer import Renderer
from tests.application.memory import a_store
from tests.application.world import PhoneMessage, Rows, Shown, World
from tests.builders import LUMBAR, V1, a_whole_protocol, some_settings

TIME_WIDTH = 14

PARAMS_SHOWN = (
    "tier",
    "concern",
    "again",
    "due",
    "recorded",
    "reached",
    "told_now",
    "left",
    "by",
    "outcome",
    "role",
    "first",
    "alert",
    "refused",
    "near_1",
    "clear",
    "status",
    "why",
    "replied",
)
"""What a reader of a story wants to see of a message's parameters."""

SHOWN_WHERE_THERE = ("offered_to",)
"""The same, where it is not none."""

STAFF_READ = {Language("en"): '"', Language("es"): "«"}

OF_AN_ALERT = ("cards/", "check_ins/done/", "replies/seen/", "replies/not_reached/", "replies/getting_help")
"""What a patient hears of an alert, in stories that tell what staff read."""

_LINE = re.compile(r"(?P<time>[^|]*)\|(?: (?P<text>.*))?")
_DAY = re.compile(r"day (-?\d+) (\d\d:\d\d)")
_LATER = re.compile(r"\+(\d+) min")
_OUTPUT = re.compile(r"bot (->|=>|-x) |\S+ sees: |read out: |[\"«] ")
_DOES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"clinic invites (?P<who>\S+)(?! to help)(?: as (?P<role>\S+))?(?P<again> again)?", "invite"),
        (r"clinic invites (?P<who>\S+) to help (?P<other>\S+) \((?P<initials>\S+)\)", "invite_to_help"),
        (r"(?P<who>\S+) opens what (?P<other>\S+) got", "open_what"),
        (r"clinic puts (?P<who>\S+) on call(?P<later> next week)?", "put_on_call"),
        (r"(?P<who>\S+) blocks the bot(?P<unnoticed> unnoticed)?", "block"),
        (r"(?P<who>\S+) unblocks the bot", "unblock"),
        (
            r"(?P<who>\S+) sends /(?P<command>\S+)(?: (?P<argument>\S+))? in the group (?P<group>\S+)",
            "command_in_group",
        ),
        (r"(?P<who>\S+) taps (?P<label>\S+) in the group (?P<group>\S+)", "tap_in_group"),
        (r"the group (?P<group>\S+) becomes a supergroup", "move_group"),
        (r"the group (?P<group>\S+) removes the bot", "leave_group"),
        (r"clinic removes (?P<who>\S+)", "remove"),
        (r"clinic reads (?P<who>\S+)", "read"),
        (r"(?P<who>\S+) opens the link(?: of (?P<other>\S+))?", "open_link"),
        (r"(?P<who>\S+) presses start", "press_start"),
        (r"(?P<who>\S+) taps (?P<label>\S+)(?: on (?P<on>\S+))?(?: of (?P<other>\S+))?", "tap"),
        (r"(?P<who>\S+) writes (?P<words>.+)", "write"),
        (r"(?P<who>\S+) sends a (?P<what>\S+)", "send"),
        (r"(?P<who>\S+) sends /(?P<command>\S+)(?: (?P<argument>.+))?", "command"),
        (r"(?P<who>\S+) adds (?P<other>\S+) by phone", "add"),
        (r"(?P<who>\S+) calls (?P<other>\S+)", "call"),
        (r"\S+ enters (?P<label>\S+)", "enter"),
        (r"time passes", "wait"),
        (r"the clinic opens", "open_clinic"),
    )
)


@dataclass(frozen=True)
class Line:
    """One line of a story, at its moment."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Story:
    """A file, read: what it says before the transcript, who the patient is, and what people do when."""

    head: str
    plan: Plan
    done: tuple[Line, ...]


def read(text: str) -> Story:
    """The story in that text. What the bot does in it is left out: it is to come of itself."""
    head, _, body = text.partition("\n---\n")
    given = dict(re.findall(r"^(surgery|zone|born|at|language): (.+)$", head, re.MULTILINE))
    plan = Plan(
        LUMBAR,
        PartialDate.parse(given.get("surgery", "2026-03-02")),
        given.get("zone", "Europe/Berlin"),
        Language(given.get("language", "en")),
        time.fromisoformat(given.get("at", "09:00")),
        int(given["born"]) if "born" in given else None,
    )
    return Story(head, plan, tuple(_inputs(body, plan)))


def _inputs(body: str, plan: Plan) -> Iterator[Line]:
    now: datetime | None = None
    for number, line in enumerate(body.splitlines(), start=1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        assert found is not None, f"line {number} after ---: a time, a bar, and what happens: {line!r}"
        now = _time(found["time"].strip(), now, plan)
        if not _OUTPUT.match(found["text"] or ""):
            yield Line(now, found["text"])


def _time(text: str, before: datetime | None, plan: Plan) -> datetime:
    if day := _DAY.fullmatch(text):
        on = plan.surgery_on.anchor() + timedelta(days=int(day[1]))
        return resolve(on, time.fromisoformat(day[2]), plan.zone)
    assert before is not None, "the first line has a day and an hour"
    if later := _LATER.fullmatch(text):
        return before + timedelta(minutes=int(later[1]))
    assert text == "", f"no time: {text!r}"
    return before


def write(story: Story, lines: Iterable[Line]) -> str:
    """The file of a story that went like this."""
    rows, before = [], None
    for line in lines:
        at = line.at.replace(second=0, microsecond=0)
        rows.append(f"{_shown_time(at, before, story.plan).ljust(TIME_WIDTH)} | {line.text}")
        before = at
    return "\n".join((story.head, "---", *rows)) + "\n"


def _shown_time(at: datetime, before: datetime | None, plan: Plan) -> str:
    if at == before:
        return ""
    if before is not None and at - before < timedelta(hours=1):
        return f"+{(at - before) // timedelta(minutes=1)} min"
    wall = local(at, plan.zone)
    return f"day {(wall.date() - plan.surgery_on.anchor()).days} {wall:%H:%M}"


@dataclass
class Play:
    """A story while it is played."""

    story: Story
    world: World
    lines: list[Line] = field(default_factory=list)
    addresses: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    patients: dict[str, PatientId] = field(default_factory=dict)
    renderer: Renderer | None = None
    """Whose words are shown; None where only keys are."""
    for_staff: bool = False
    """Those that staff read, and of a patient's what comes of an alert: in every language that ships."""
    told: set[str] = field(default_factory=set)
    """What was shown of them already, without its numbers."""
    call: calls.Line | None = None
    """The call that goes on, and the buttons that were read out in it."""
    heard: list[Choice] = field(default_factory=list)
    _told: int = 0

    def run(self) -> tuple[Line, ...]:
        """Everything that happened."""
        for line in self.story.done:
            self.world.pass_until(line.at)
            self._tell()
            self.lines.append(line)
            decision = self._do(line.text)
            if decision is not None and decision.notice is not None:
                self.lines.append(Line(line.at, f"{line.text.split()[0]} sees: {decision.notice.message}"))
                if self.for_staff:
                    notice = decision.notice
                    self.lines += [Line(line.at, told) for told in self._for_staff(notice.message, (), notice.params)]
            self._tell()
        assert self.world.failures == []
        return tuple(self.lines)

    def _do(self, text: str) -> Decision | None:
        for pattern, name in _DOES:
            found = pattern.fullmatch(text)
            if found is not None:
                done: Decision | None = getattr(self, f"_{name}")(**found.groupdict())
                return done
        raise AssertionError(f"nobody can do that: {text!r}")

    def _invite(self, who: str, role: str | None, again: str | None) -> None:
        store, now, by = self.world.store, self.world.now, ByShell("root")
        if role is not None:
            invited = admins.invite_staff(store, who, Role(role), by, now)
        elif again is not None:
            invited = admins.invite_patient_again(store, self.patients[who], by, now)
        else:
            self.patients[who], invited = admins.invite_patient(store, self.story.plan, by, now)
        self.tokens[who] = invited.token

    def _invite_to_help(self, who: str, other: str, initials: str) -> None:
        patient = self.patients[other]
        invited = invitations.invite(self.world.store, patient, initials, ByShell("root"), self.world.now)
        assert invited is not None, "that patient has helpers enough, or takes no part"
        self.tokens[who] = invited.token

    def _open_what(self, who: str, other: str) -> Decision:
        chat = self.world.store.note_chat(self._address(other))
        links = [shown.params.get("link") for shown in self.world.shown if shown.chat == chat]
        link = next(found for found in reversed(links) if isinstance(found, str))
        return self.world.start(self._address(who), link.partition("start=")[2])

    def _remove(self, who: str) -> None:
        admins.remove_staff(self.world.store, self._staff(who), ByShell("root"), self.world.now)

    def _put_on_call(self, who: str, later: str | None) -> None:
        store, now = self.world.store, self.world.now
        week = monday_of(store.the_clinic.settings.hours.today(now)) + timedelta(weeks=1 if later else 0)
        duties.assign_week(store, week, [self._staff(who)], ByShell("root"), now)

    def _block(self, who: str, unnoticed: str | None) -> Decision:
        return self.world.block(self._address(who), unnoticed is not None)

    def _unblock(self, who: str) -> Decision:
        return self.world.unblock(self._address(who))

    def _command_in_group(self, who: str, command: str, argument: str | None, group: str) -> Decision:
        return self.world.command_in_group(self._address(group), self._address(who), command, argument or "")

    def _tap_in_group(self, who: str, label: str, group: str) -> Decision:
        for message in reversed(self.world.messages(self._address(group))):
            for button in message.ever:
                if button.label == label:
                    return self.world.press_in_group(self._address(group), self._address(who), button.press)
        raise AssertionError(f"the group {group} has no button {label}")

    def _move_group(self, group: str) -> Decision:
        before, after = self._address(group), -1000 - self._address(group)
        self.addresses[group] = after
        return self.world.move_group(before, after)

    def _leave_group(self, group: str) -> Decision:
        return self.world.leave_group(self._address(group))

    def _read(self, who: str) -> None:
        records.read_notes(self.world.store, self.patients[who], ByShell("root"), self.world.now)
        self.world.deliver()

    def _open_link(self, who: str, other: str | None) -> Decision:
        return self.world.start(self._address(who), self.tokens[other or who])

    def _press_start(self, who: str) -> Decision:
        return self.world.start(self._address(who), None)

    def _tap(self, who: str, label: str, on: str | None, other: str | None) -> Decision:
        phone = self.world.messages(self._address(other or who))
        for message in reversed(phone):
            for button in _buttons(message, on):
                if _label(button) == label or self._names(button, label):
                    number = message.id if other is None else MessageId(1)
                    return self.world.press(self._address(who), button.press, number)
        raise AssertionError(f"{other or who} has no button {label} on {on or 'any message'}")

    def _names(self, button: Choice, label: str) -> bool:
        """A button that asks who is meant bears the patient's initials."""
        if not isinstance(button.press, MeantPress):
            return False
        chart = self.world.store.chart(button.press.patient)
        return chart is not None and label in {chart.enrolled.initials, chart.patient}

    def _write(self, who: str, words: str) -> Decision:
        return self.world.write(self._address(who), words)

    def _send(self, who: str, what: str) -> Decision:
        return self.world.send(self._address(who), what)

    def _command(self, who: str, command: str, argument: str | None) -> Decision:
        words = [self.patients.get(word, word) for word in (argument or "").split(" ")]
        return self.world.command(self._address(who), command, " ".join(words))

    def _add(self, who: str, other: str) -> None:
        by = ByStaff(self._staff(who))
        self.patients[other] = calls.add_patient(self.world.store, self.story.plan, by, self.world.now)

    def _call(self, who: str, other: str) -> Decision:
        world, patient = self.world, self.patients[other]
        self.call = calls.ring(world.store, patient, ByStaff(self._staff(who)), lambda: world.now)
        waits = calls.go_on(self.call, patient)
        return self._read_out(waits if waits.outgoing else anytime.report(self.call, patient, "", *self._said()))

    def _enter(self, label: str) -> Decision:
        assert self.call is not None, "a label is entered in a call"
        button = next((button for button in reversed(self.heard) if _label(button) == label), None)
        assert button is not None, f"no button {label} was read out"
        return self._read_out(hearing.pressed(self.call, button.press, *self._said()))

    def _said(self) -> tuple[Cause, datetime]:
        assert self.call is not None, "something is said in a call"
        return self.call.cause(), self.world.now

    def _read_out(self, decision: Decision) -> Decision:
        for item in decision.outgoing:
            if isinstance(item, OutgoingMessage) and to_be_read_out(item):
                self.heard += [button for row in item.choices for button in row]
                self.lines.append(
                    Line(self.world.now, f"read out: {self._words(item.message, item.choices, item.params)}")
                )
        self.world.deliver()
        return replace(decision, notice=None)

    def _wait(self) -> None:
        """Nobody does anything."""

    def _open_clinic(self) -> None:
        rounds.once_clinic(self.world.store, self.world.now)
        self.world.deliver()

    def _address(self, who: str) -> int:
        return self.addresses.setdefault(who, len(self.addresses) + 1)

    def _staff(self, who: str) -> StaffId:
        return next(member.id for member in self.world.store.the_clinic.staff if member.name == who)

    def _tell(self) -> None:
        for shown in self.world.shown[self._told :]:
            self.lines.append(Line(shown.at, self._line(shown)))
            self.lines += [Line(shown.at, line) for line in self._shown_words(shown)]
        self._told = len(self.world.shown)

    def _line(self, shown: Shown) -> str:
        return f"bot {shown.how} {self._name(shown.chat)}: {self._words(shown.message, shown.rows, shown.params)}"

    def _shown_words(self, shown: Shown) -> Iterator[str]:
        """What the phone shows, line by line, and its buttons; nothing where only those are taken away."""
        if self.renderer is None or shown.how == "-x":
            return
        speakers = self.world.store.speakers_of(shown.chat)
        if self.for_staff:
            if not speakers or shown.message.startswith(OF_AN_ALERT):
                yield from self._for_staff(shown.message, shown.rows, shown.params)
            return
        language = Language("en")
        for speaker in speakers[:1]:
            chart = self.world.store.chart(speaker.patient)
            assert chart is not None
            language = chart.enrolled.plan.language
        yield from (f'" {line}' for line in self._rendered(language, shown.message, shown.rows, shown.params))

    def _for_staff(self, message: MessageKey, rows: Rows, params: Mapping[str, Param]) -> Iterator[str]:
        """In each language, unless nothing but numbers has changed since it was told."""
        words = [
            f"{sign} {line}"
            for language, sign in STAFF_READ.items()
            for line in self._rendered(language, message, rows, params)
        ]
        told = re.sub(r"\d+", "", "\n".join((message, *words)))
        if told not in self.told:
            self.told.add(told)
            yield from words

    def _rendered(
        self, language: Language, message: MessageKey, rows: Rows, params: Mapping[str, Param]
    ) -> Iterator[str]:
        assert self.renderer is not None, "the story tells words"
        clinic = self.world.store.the_clinic
        rendered = self.renderer.render(clinic.published.version, language, message, params, rows)
        yield from (self._without_codes(line) for line in strip(rendered.html).splitlines() if line.strip())
        for row in rendered.buttons:
            yield " ".join(f"[{button.label}]" for button in row)

    def _without_codes(self, line: str) -> str:
        """Codes are drawn anew each time; a story tells its own names."""
        for name, patient in self.patients.items():
            line = line.replace(patient, f"<{name}>")
        return line

    def _words(self, message: MessageKey, rows: Rows, params: Mapping[str, Param]) -> str:
        labels = "".join(f" [{_label(button)}]" for row in rows for button in row)
        names = [name for name in PARAMS_SHOWN if name in params]
        names += [name for name in SHOWN_WHERE_THERE if params.get(name) is not None]
        told = ", ".join(self._param(name, params[name]) for name in names)
        whom = f"[{params[WHOM]}] " if WHOM in params else ""
        labels = re.sub(r"person_(\d)", lambda found: str(params.get(found[0], found[0])), labels)
        return f"{whom}{message}{labels}{f' ({told})' if told else ''}"

    def _param(self, name: str, value: Param) -> str:
        match value:
            case Words(key):
                return f"{name} {key.rpartition('/')[2]}"
            case Instant(at, zone):
                return f"{name} {local(at, zone):%a %d %b %H:%M}"
            case Day(on):
                return f"{name} {on}"
            case bool():
                return name if value else f"not {name}"
            case _:
                return f"{name} {value}"

    def _name(self, chat: ChatId) -> str:
        return next(name for name, address in self.addresses.items() if self.world.store.note_chat(address) == chat)


def _label(button: Choice) -> str:
    """Its name in stories: of an outcome or a reason, whose words are a message of their own, `outcome.called`."""
    return re.sub(r"^alerts/(outcome|reason)s/", r"\1.", button.label)


def _buttons(message: PhoneMessage, on: str | None) -> list[Choice]:
    """What can be pressed: what is there, or, on a message that was named, whatever it has ever borne."""
    if on is None:
        return [button for row in message.rows for button in row]
    return message.ever if on in message.was else []


SHIPPED = gather(Path("/nonexistent"))
"""What ships, with no file of one's own over it."""


@cache
def _shipped() -> Programme:
    """The clinic of other stories, with the care protocol and the words that ship."""
    return replace(read_programme(V1, SHIPPED), settings=some_settings())


def play(text: str, programme: Programme) -> str:
    """The file as it ought to be: the same people do the same, and the bot does what it does."""
    story = read(text)
    shipped = "\nprotocol: shipped\n" in f"\n{story.head}\n"
    if shipped:
        programme = _shipped()
    if "\nprotocol: whole\n" in f"\n{story.head}\n":
        programme = replace(programme, protocols={LUMBAR: a_whole_protocol()})
    given = dict(re.findall(r"^(clinic|closed): (.+)$", story.head, re.MULTILINE))
    hours = programme.settings.hours
    closed = frozenset(date.fromisoformat(day.strip()) for day in given.get("closed", "").split(",") if day.strip())
    settings = replace(programme.settings, hours=replace(hours, closed_on=closed))
    world = World(a_store(replace(programme, settings=settings)), story.done[0].at, clinic_wakes="clinic" in given)
    admins.name_bot(world.store, "practice_bot", ByShell("root"), world.now)
    for_staff = "\nwords: staff\n" in f"\n{story.head}\n"
    renderer = Renderer(lambda _: SHIPPED, lambda _: settings) if shipped or for_staff else None
    return write(story, Play(story, world, renderer=renderer, for_staff=for_staff).run())
