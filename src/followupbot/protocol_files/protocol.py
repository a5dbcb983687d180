"""A care protocol's file becomes a `CareProtocol`; its JSON Schema comes from the same tables."""

from dataclasses import replace

from followupbot.domain.care_protocol import CareProtocol, Unscheduled
from followupbot.domain.ids import ProtocolKey
from followupbot.domain.rules import Recheck, Rule
from followupbot.domain.schedule import Offset, Timing
from followupbot.protocol_files.protocol_text import (
    AT_ENROLMENT,
    PROTOCOL,
    ProtocolText,
    RuleLine,
    TimingLine,
    UnscheduledLine,
)
from followupbot.protocol_files.reading import Path, Reading, nearest
from followupbot.protocol_files.shapes import Schema, Unreadable
from followupbot.protocol_files.tables import condition_definition


def read_text(reading: Reading) -> ProtocolText | None:
    """The protocol as it is written; None where a part could not be read, all of which is then reported."""
    if reading.top is None:
        return None
    try:
        return PROTOCOL.read(reading.top, reading)
    except Unreadable:
        return None


def assemble(key: ProtocolKey, text: ProtocolText, reading: Reading) -> CareProtocol | None:
    """The care protocol; None, and reported, where a timing's form or the enrolment's timing cannot be told."""
    for n, line in enumerate(text.timings):
        if line.form not in text.forms:
            reading.complain(("timings", n, "form"), f'no form "{line.form}"{nearest(line.form, text.forms)}')
    for n, rule in enumerate(text.rules):
        for i, recheck in enumerate(rule.rechecks):
            if recheck.form not in text.forms:
                path = (*recheck_path(reading, n, i), "form")
                reading.complain(path, f'no form "{recheck.form}"{nearest(recheck.form, text.forms)}')
    unscheduled = {"urgent": text.urgent, "report": text.report}
    for name, asked in unscheduled.items():
        if asked is not None and asked.form not in text.forms:
            reading.complain((name, "form"), f'no form "{asked.form}"{nearest(asked.form, text.forms)}')
    at_enrolment = [n for n, line in enumerate(text.timings) if line.after is None]
    if not at_enrolment:
        reading.complain(("timings",), f'one timing must say "after: {AT_ENROLMENT}"')
    for n in at_enrolment[1:]:
        first = reading.at("timings", at_enrolment[0], "after").line
        reading.complain(("timings", n, "after"), f"only one timing asks at enrolment; line {first} does already")
    if reading.problems:
        return None
    return CareProtocol(
        key=key,
        asked=text.questions,
        rules=tuple(_with_forms(line, text) for line in text.rules),
        timings=tuple(_timing(line, text) for line in text.timings),
        ladder=text.ladder,
        at_enrolment=text.timings[at_enrolment[0]].id,
        years=text.years,
        approved_by=text.approved_by,
        scores=text.scores,
        after_card=text.after_card,
        absorb_within=text.absorb_within,
        quiet_hours=text.quiet_hours,
        languages=text.languages,
        urgent=_unscheduled(text.urgent, text),
        report=_unscheduled(text.report, text),
        outcomes=text.outcomes,
        expecting=text.expecting,
    )


def _unscheduled(line: UnscheduledLine | None, text: ProtocolText) -> Unscheduled | None:
    return None if line is None else Unscheduled(text.forms[line.form], line.open_for)


def _with_forms(line: RuleLine, text: ProtocolText) -> Rule:
    rechecks = (
        Recheck(found.after, text.forms[found.form], found.open_for, found.reminders) for found in line.rechecks
    )
    return replace(line.rule, rechecks=tuple(rechecks))


def _timing(line: TimingLine, text: ProtocolText) -> Timing:
    return Timing(
        id=line.id,
        offset=line.after or Offset(),
        form=text.forms[line.form],
        open_for=line.open_for,
        repeat=line.repeat,
        until=line.until,
        anchor=line.anchor,
        open_before=line.open_before,
        hour=line.hour,
        reminders=line.reminders,
        group=line.group,
        teaches=line.teaches,
    )


def recheck_path(reading: Reading, rule: int, recheck: int) -> Path:
    """Where that re-check stands: in the rule's list of them, or, as the only one, without a list."""
    path: Path = ("rules", rule, "recheck", recheck)
    return path if path in reading.places else path[:-1]


def json_schema() -> Schema:
    """What editors check a protocol file with, and complete it from."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Care protocol",
        "description": "Made from the program's own tables; followupbot check looks at more than this can say.",
        **PROTOCOL.schema(),
        "$defs": {"condition": condition_definition()},
    }
