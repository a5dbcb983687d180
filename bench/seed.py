"""`make seed`: a database with as many answers as a page or a query has to stand; how fast they were made.

The folder must hold a clinic without patients (`followupbot init`), or nothing yet.
"""

import argparse
import time
from pathlib import Path

from rich.progress import Progress

from followupbot.bootstrap.house import initialise, open_house
from followupbot.domain.ids import ProtocolKey
from followupbot.settings import Settings
from followupbot.simulation.seeding import seed


def main() -> None:
    """Make them, and print the rate."""
    arguments = argparse.ArgumentParser(prog="python -m bench.seed")
    arguments.add_argument("--answers", type=int, default=1_000_000)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--seed", type=int, default=1)
    wanted = arguments.parse_args()
    settings = Settings.model_validate({"data": wanted.data})
    initialise(settings)
    began, used = time.perf_counter(), time.process_time()
    with open_house(settings) as house, Progress() as progress:
        bar = progress.add_task("answers", total=wanted.answers)
        made = seed(
            house.store,
            ProtocolKey("lumbar_fusion"),
            wanted.answers,
            wanted.seed,
            house.clock.now(),
            lambda answers: progress.update(bar, completed=answers),
        )
    seconds, used = time.perf_counter() - began, time.process_time() - used
    print(
        f"{made.patients} patients, {made.answers} answers, {made.facts} facts in {seconds:.0f} s ({used:.0f} s of CPU)"
    )
    print(f"{made.answers / seconds:.0f} answers a second, {made.facts / seconds:.0f} facts a second")


if __name__ == "__main__":
    main()
