"""Which forms a care protocol asks, and where it says so."""

from followupbot.domain.ids import QuestionId
from followupbot.protocol_files.programme import ReadProtocol
from followupbot.protocol_files.protocol import recheck_path
from followupbot.protocol_files.reading import Path

Form = tuple[QuestionId, ...]


def forms_of(read: ReadProtocol) -> dict[Form, Path]:
    """Every form that is asked, in a re-check or by the patient's wish too, and where that is said first."""
    protocol = read.protocol
    found: dict[Form, Path] = {}
    for n, timing in enumerate(protocol.timings):
        found.setdefault(timing.form, ("timings", n, "form"))
    for name, asked_for in (("urgent", protocol.urgent), ("report", protocol.report)):
        if asked_for is not None:
            found.setdefault(asked_for.form, (name, "form"))
    for n, rule in enumerate(protocol.rules):
        for i, recheck in enumerate(rule.rechecks):
            found.setdefault(recheck.form, (*recheck_path(read.reading, n, i), "form"))
    return found
