"""`followupbot verify`, `status` and `doctor`: whether all is well, and what to do where it is not."""

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from followupbot import settings
from followupbot.cli.terminal import called_wrongly
from followupbot.domain.outgoing import Lane
from followupbot.upkeep.doctor import Level

if TYPE_CHECKING:
    from followupbot.bootstrap.overview import Overview

MARKS = {Level.OK: "ok   ", Level.DOUBT: "doubt", Level.WRONG: "WRONG"}

LANES = {Lane.ALERT: "alert", Lane.REPLY: "reply", Lane.CHECK_IN: "check-in", Lane.EDUCATION: "education"}

RATE_FROM_FACTS = 1_000
"""Of fewer facts a rate says nothing."""

TIME = "%Y-%m-%d %H:%M UTC"


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Say what runs, what waits, and what waits for people. No patient is named. Exit code 1: somebody has to act.

    Example: followupbot status --json
    """
    from followupbot.bootstrap import house, overview  # here and below, because they bring the whole program

    with house.open_house(settings.load()) as opened:
        seen = overview.look(opened)
    typer.echo(json.dumps(_as_json(seen)) if as_json else "\n".join(_as_text(seen)))
    if seen.problems:
        raise typer.Exit(1)


def verify(
    seals: Annotated[
        list[str] | None,
        typer.Option("--seal", metavar="CHAINS:DIGEST", help="A seal kept elsewhere, as the log has it; repeatable."),
    ] = None,
) -> None:
    """Read the whole record again: afterwards you know whether anything of it was lost or changed. Exit code 1: it was.

    Every fact is folded anew and compared with chains, seals, and all that was made of the facts.

    Example: followupbot verify
    """
    from followupbot.bootstrap import house
    from followupbot.upkeep import verify as record

    outside = [_seal(text) for text in seals or ()]
    console = Console(stderr=True)
    shown = Progress(console=console, transient=True, disable=not console.is_terminal)
    with house.open_house(settings.load()) as opened, shown as bar:
        task = bar.add_task("Verifying")
        began = time.monotonic()
        report = record.verify(
            opened.database,
            opened.keys,
            outside,
            lambda done, of: bar.update(task, completed=done, total=of),
        )
        took = time.monotonic() - began
    for finding in report.findings:
        place = finding.chain if finding.n is None else f"{finding.chain}, fact {finding.n}"
        typer.echo(f"{place}: {finding.what}", err=True)
    erased = f", {report.erased} erased" if report.erased else ""
    typer.echo(f"{report.chains} chains{erased}, {report.facts} facts, {report.seals} seals.")
    if report.facts >= RATE_FROM_FACTS:
        typer.echo(f"{took:.1f} s, {report.facts / took:.0f} facts a second.")
    if not report.whole:
        typer.echo("The record is not whole. Restore a backup, and find out who wrote to the database.", err=True)
        raise typer.Exit(1)
    typer.echo("The record is whole.")


def doctor() -> None:
    """Look at everything that `run` needs, and say what is wrong and how to mend it.

    Example: followupbot doctor
    """
    from followupbot.bootstrap import examination

    findings = examination.examine(settings.load())
    for finding in findings:
        typer.echo(f"{MARKS[finding.level]}  {finding.what}")
        if finding.mend:
            typer.echo(f"       {finding.mend}")
    if any(finding.level is Level.WRONG for finding in findings):
        raise typer.Exit(1)


def _seal(text: str) -> tuple[int, str]:
    count, colon, digest = text.partition(":")
    if not (colon and count.isdecimal() and digest):
        called_wrongly(f"--seal: expected CHAINS:DIGEST, as in the log line `sealed chains=… digest=…`, not {text!r}.")
    return int(count), digest


def _as_text(seen: "Overview") -> Iterator[str]:
    lists = seen.lists
    yield from (f"PROBLEM: {problem}" for problem in seen.problems)
    if not seen.problems:
        yield "All is well."
    running = seen.running
    if running is None:
        yield "Running: not known, because FOLLOWUPBOT_WEB_PORT is 0"
    elif running.parts is not None:
        parts = ", ".join(f"{part} ({age / 1000:.0f} s ago)" for part, age in running.parts.items())
        yield f"Running: {parts or 'the pages'}"
    yield "Staff: " + ", ".join(
        f"{staff.role} {staff.reachable} reachable" + (f" and {staff.invited} invited" if staff.invited else "")
        for staff in seen.staff
    )
    yield f"Patients: {_counts(lists.patients)}"
    yield f"Check-ins open: {lists.check_ins_open}"
    yield f"Alerts at this_week or above in 90 days: {lists.alerts_raised}, for {lists.answered} check-ins answered"
    yield f"Alerts without an outcome: {_counts({str(tier): count for tier, count in lists.alerts_unresolved.items()})}"
    yield f"Patients' own words to read: {len(lists.to_read) or 'none'}"
    for line in lists.to_read:
        due = "" if line.review_by is None else f" by {line.review_by:{TIME}}"
        held = "; nothing is sent to them until then" if line.held else ""
        yield f"  {line.patient}{due}{held}. See: followupbot patient {line.patient} read"
    yield f"Patients to call: {len(lists.to_call) or 'none'}"
    for call in lists.to_call:
        why = "the chat refuses our messages" if call.blocked else "no chat"
        due = "" if call.until is None else f"; a check-in waits until {call.until:{TIME}}"
        yield f"  {call.patient}: {why}{due}. See: followupbot answer {call.patient}"
    yield f"Requests for deletion: {len(seen.to_erase) or 'none'}"
    for asked in seen.to_erase:
        yield f"  {asked.patient}: by {asked.until:{TIME}}. See: followupbot erase {asked.patient} --help"
    late = "" if lists.charts_due_since is None else f", the first since {lists.charts_due_since:{TIME}}"
    yield f"Charts that are due: {lists.charts_due}{late}"
    for lane in Lane:
        counts = {count.state: count.count for count in lists.outbox if count.lane is lane}
        oldest = lists.oldest_pending.get(lane)
        waiting = "" if oldest is None else f"; the oldest has waited since {oldest:{TIME}}"
        yield f"Messages, {LANES[lane]}: {_counts(counts)}{waiting}"
    for letter in seen.dead:
        yield f"  message {letter.row}, {letter.at:{TIME}}, to {letter.to}: {letter.message}: {letter.error}"
    yield f"Updates: {lists.updates_failed} have failed, {lists.updates_set_aside} set aside"
    yield from (f"  update {line.update}, {line.at:{TIME}}: {line.error}" for line in seen.set_aside)
    if seen.notices:
        yield "What the operator was told:"
        yield from (f"  {notice.at:{TIME}}: {notice.key} {notice.detail}".rstrip() for notice in seen.notices)
    differs = " The files differ from it. To put them to work: followupbot publish" if seen.files_differ else ""
    yield f"Published: {seen.version[:12]}.{differs}"
    if seen.not_approved:
        yield f"Not approved by two people: {', '.join(seen.not_approved)}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def _as_json(seen: "Overview") -> dict[str, Any]:
    lists, running = seen.lists, seen.running
    return {
        "at": seen.at.isoformat(),
        "well": not seen.problems,
        "problems": list(seen.problems),
        "running": None
        if running is None
        else {"address": running.address, "age_ms": None if running.parts is None else dict(running.parts)},
        "staff": {str(staff.role): {"reachable": staff.reachable, "invited": staff.invited} for staff in seen.staff},
        "patients": lists.patients,
        "check_ins_open": lists.check_ins_open,
        "check_ins_answered_90_days": lists.answered,
        "alerts_raised_90_days": lists.alerts_raised,
        "alerts_unresolved": {str(tier): count for tier, count in lists.alerts_unresolved.items()},
        "to_read": [
            {
                "patient": line.patient,
                "review_by": line.review_by.isoformat() if line.review_by else None,
                "held": line.held,
            }
            for line in lists.to_read
        ],
        "to_call": [
            {
                "patient": call.patient,
                "until": call.until.isoformat() if call.until else None,
                "blocked": call.blocked,
            }
            for call in lists.to_call
        ],
        "to_erase": [
            {"patient": asked.patient, "until": asked.until.isoformat() if asked.until else None}
            for asked in seen.to_erase
        ],
        "charts_due": lists.charts_due,
        "charts_due_since": lists.charts_due_since.isoformat() if lists.charts_due_since else None,
        "outbox": {
            LANES[lane]: {
                "states": {count.state: count.count for count in lists.outbox if count.lane is lane},
                "oldest_pending": lists.oldest_pending[lane].isoformat() if lane in lists.oldest_pending else None,
            }
            for lane in Lane
        },
        "dead": [
            {
                "row": letter.row,
                "at": letter.at.isoformat(),
                "to": letter.to,
                "message": letter.message,
                "error": letter.error,
            }
            for letter in seen.dead
        ],
        "updates": {
            "failed": lists.updates_failed,
            "set_aside": [
                {"update": line.update, "error": line.error, "at": line.at.isoformat()} for line in seen.set_aside
            ],
        },
        "notices": [
            {"key": notice.key, "detail": notice.detail, "at": notice.at.isoformat()} for notice in seen.notices
        ],
        "published": seen.version,
        "files_differ": seen.files_differ,
        "not_approved": list(seen.not_approved),
    }
