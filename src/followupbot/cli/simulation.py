"""`followupbot simulate`."""

import json
import logging
import sys
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from followupbot.cli.terminal import called_wrongly, found_wrong
from followupbot.settings import Settings

PROTOCOL = "lumbar_fusion"


def simulate(
    protocol: Annotated[str, typer.Argument(help="The care protocol, by the name of its file.")] = PROTOCOL,
    patients: Annotated[int, typer.Option(min=1, max=100_000, help="How many patients.")] = 30,
    years: Annotated[float, typer.Option(min=0.02, max=12, help="For how long, in virtual time.")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same story.")] = 1,
    faults: Annotated[bool, typer.Option("--faults", help="Let things go wrong: outages, errors, crashes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    alert_load: Annotated[
        bool, typer.Option("--alert-load", help="Only how much work alerts make, by the domain alone; quick.")
    ] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the alerts by week into this PNG file.")] = None,
) -> None:
    """Play years of follow-up with made-up people, in virtual time, on the real program; and check its promises.

    Example: followupbot simulate --patients 50 --years 2 --seed 7 --faults
    """
    from followupbot.bootstrap import simulating  # here, because it brings the whole program
    from followupbot.domain.ids import ProtocolKey
    from followupbot.protocol_files.sources import gather
    from followupbot.simulation.picture import draw
    from followupbot.simulation.world import BEGINS, Size

    logging.disable(logging.CRITICAL)  # what goes wrong on purpose is counted, not logged
    if alert_load and (faults or plot):
        called_wrongly("--alert-load takes neither --faults nor --plot.")
    if alert_load:
        _show_load(protocol, patients, years, seed, as_json)
        return
    size = Size(patients, years, seed, faults, ProtocolKey(protocol))
    began = time.monotonic()
    console = Console(stderr=True)
    columns = (TextColumn("{task.fields[day]}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=years * 365.25, day="")

        def tell(now: datetime) -> None:
            progress.update(bar, completed=(now - BEGINS).days, day=f"{now:%Y-%m-%d}")

        try:
            figures = simulating.simulate(size, gather(Settings().data), tell)
        except simulating.NoSuchProtocol as error:
            found_wrong(str(error))
    found: dict[str, Any] = asdict(figures)
    found["seconds"] = round(time.monotonic() - began, 1)
    if plot is not None:
        draw(figures, plot)
    typer.echo(json.dumps(found, default=str) if as_json else _shown(found))
    if figures.judgement.broken:
        raise typer.Exit(1)


def _show_load(protocol: str, patients: int, years: float, seed: int, as_json: bool) -> None:
    from followupbot.bootstrap import simulating
    from followupbot.protocol_files.sources import gather

    began = time.monotonic()
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("patients", total=patients)
        try:
            load = simulating.measure_load(
                protocol,
                patients,
                years,
                seed,
                gather(Settings().data),
                lambda done: progress.update(bar, completed=done),
            )
        except simulating.NoSuchProtocol as error:
            found_wrong(str(error))
    found: dict[str, Any] = asdict(load)
    found["seconds"] = round(time.monotonic() - began, 1)
    if as_json:
        typer.echo(json.dumps(found))
        return
    weeks = len(next(iter(found["weekly"].values()), ()))
    typer.echo(
        f"{patients} patients, {years:g} years, seed {seed}, the domain alone: {found['seconds']} s\n"
        f"asked {found['asked']}, answered {found['answered']}; "
        f"of these {found['flagged_share']:.1%} had a flag of this_week or above\n"
        f"alerts: {_counts(found['alerts'])}\n"
        f"merged into an open alert {found['merged']}, raised again {found['raised_again']}, "
        f"paged again without outcome {found['reopened']}, pages {found['pages']}\n"
        f"made expected {found['expected']}, flags kept because expected {found['expected_flags']}, "
        f"flags of tier record {found['kept_only']}"
    )
    typer.echo("week       " + " ".join(f"{week:>3}" for week in range(1, weeks + 1)))
    for tier, counts in found["weekly"].items():
        typer.echo(f"{tier:<10} " + " ".join(f"{count:>3}" for count in counts))


def _shown(found: dict[str, Any]) -> str:
    judged = found["judgement"]
    latencies = sorted(judged["latencies"])
    worst = f"median {latencies[len(latencies) // 2]:.0f} s, most {latencies[-1]:.0f} s" if latencies else "none"
    faults = ", with faults" if found["faults"] else ""
    lines = [
        f"{found['patients']} patients, {found['years']:g} years, seed {found['seed']}{faults}: {found['seconds']} s",
        f"planned {found['planned']}, asked {found['asked']}, answered {found['answered']}, missed {found['missed']}",
        f"not asked: {_counts(found['skipped'])}",
        f"answers {found['answers']}, messages sent {found['sent']}, changed {found['edited']}, "
        f"refused {_counts(found['refused'])}, doubled {judged['doubled']}",
        f"busiest second {found['busiest_second']} of Telegram's 30, busiest minute {found['busiest_minute']} "
        f"at {found['busiest_minute_at']}",
        f"alerts: {_counts(found['alerts'])}; merged {found['merged']}, raised again {found['raised_again']}",
        *(f"  {tier:<10} by week: {' '.join(map(str, weeks))}" for tier, weeks in found["weekly"].items()),
        f"went wrong: {_counts(found['went_wrong'])}; updates that Telegram forgot: {found['expired_updates']}",
        f"red answers {judged['red']}; to the first page, where nothing was away: {worst}",
        f"occasions looked at {judged['occasions']} (patient unreachable or wanting quiet: {judged['excused']}), "
        f"messages that we started {judged['started']}",
        f"digest {found['digest']}",
        f"promises broken: {len(judged['broken'])}",
    ]
    for broken in judged["broken"]:
        lines += ["", f"{broken['promise']}: {broken['patient']} at {broken['at']}: {broken['detail']}"]
        lines += [f"  {line}" for line in broken["story"]]
    return "\n".join(lines)


def _counts(counts: dict[Any, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"
