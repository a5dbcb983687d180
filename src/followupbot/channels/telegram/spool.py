"""Updates on this machine's disk, for while the database is away and Telegram would hide what comes behind them.

Telegram shows the first hundred updates that are not confirmed, and no others; a patient's emergency may be among the
others (decisions/0003). What is kept here may be confirmed: it is on the disk, encrypted, and comes in again at a
start.
"""

import base64
import json
import logging
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from followupbot.channels.telegram.reserved_file import ReservedFile

log = logging.getLogger(__name__)

RESERVED_BYTES = 1024 * 1024
"""Room for about a thousand updates, kept free in the file for the time when the disk is full."""


class Spool:
    """One process's. Only one at a time has the file; whoever makes this sees to that."""

    def __init__(self, file: Path, seal: Callable[[bytes], bytes], unseal: Callable[[bytes], bytes]) -> None:
        """`seal` encrypts, and `unseal` undoes that; neither needs the database."""
        self._file = ReservedFile(file, RESERVED_BYTES)
        self._seal = seal
        self._unseal = unseal

    def keep(self, updates: Sequence[Mapping[str, object]]) -> bool:
        """Whether they are on the disk now, all of them; else none may be confirmed."""
        lines = [base64.b64encode(self._seal(zlib.compress(json.dumps(update).encode()))) for update in updates]
        return self._file.append(b"".join(line + b"\n" for line in lines), synced=True)

    def waiting(self) -> list[Mapping[str, object]]:
        """What is kept, in the order in which it came. A line that was cut off by a crash was never confirmed."""
        found: list[Mapping[str, object]] = []
        for line in filter(None, self._file.read().split(b"\n")):
            try:
                found.append(json.loads(zlib.decompress(self._unseal(base64.b64decode(line, validate=True)))))
            except Exception as error:  # whatever is wrong with one line, the others come in
                log.error("a line of the updates on the disk can't be read: %s", type(error).__name__)
        return found

    def clear(self) -> None:
        """Nothing is kept any more: everything has committed. Where that can't be written it comes in again, once."""
        self._file.clear()


def is_empty(file: Path) -> bool:
    """Whether nothing is kept there, as far as can be seen without having the file."""
    try:
        with file.open("rb") as content:
            return content.read(1) in {b"", b"\n"}
    except OSError:
        return True
