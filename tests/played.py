"""Vignettes, played once for the same care protocols: what comes of them depends on nothing else."""

from collections.abc import Iterator, Mapping
from functools import cache

from followupbot.checking.vignettes import check_vignettes
from followupbot.protocol_files.problems import Problem
from followupbot.protocol_files.programme import ReadFiles, read_files

Files = tuple[tuple[str, bytes], ...]


@cache
def _problems(protocols: Files) -> tuple[Problem, ...]:
    files = dict(protocols)
    return tuple(check_vignettes(files, read_files(files)))


def check_vignettes_once(files: Mapping[str, bytes], read: ReadFiles) -> Iterator[Problem]:
    """As `check_vignettes`, which takes most of the time of a check, whose tests are mostly about other files."""
    return iter(_problems(tuple(item for item in sorted(files.items()) if item[0].startswith("protocols/"))))
