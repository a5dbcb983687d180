"""A file that can be written to while the disk is full: no file grows then, but over what is in it one can write."""

import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)


class ReservedFile:
    """Lines, and behind them room that is kept free. What can't be done is in the log, and never raised."""

    def __init__(self, path: Path, room: int) -> None:
        """There are `room` bytes behind what is in the file, if the disk has them."""
        self._path = path
        self._room = room
        self._end = self._reserve()
        """Where what is in the file ends, in bytes."""

    def append(self, lines: bytes, *, synced: bool) -> bool:
        """Whether all of the lines, each with its newline, are in the file; `synced`: and on the disk."""
        try:
            with self._path.open("r+b", buffering=0) as file:
                file.seek(self._end)
                done = file.write(lines)
                if synced:
                    os.fsync(file.fileno())
        except OSError as error:
            log.error("%s can't be written: %s", self._path.name, error.strerror)
            return False
        if done != len(lines):
            log.error("%s: %d of %d bytes were written", self._path.name, done, len(lines))
            return False
        self._end += done
        return True

    def read(self) -> bytes:
        """What is in the file, with empty lines; nothing where it can't be read."""
        try:
            return self._path.read_bytes()
        except OSError as error:
            log.error("%s can't be read: %s", self._path.name, error.strerror)
            return b""

    def clear(self) -> None:
        """Nothing is in the file but room. Where that can't be written, all of it stays."""
        try:
            with self._path.open("r+b", buffering=0) as file:
                file.write(b"\n" * self._end)
                if file.seek(0, os.SEEK_END) > self._room:
                    file.truncate(self._room)
        except OSError as error:
            log.error("%s can't be cleared: %s", self._path.name, error.strerror)
            return
        self._end = 0

    def _reserve(self) -> int:
        end = 0
        try:
            self._path.touch(mode=0o600)
            kept = self._path.read_bytes().rstrip(b"\n")
            end = len(kept) + bool(kept)
            with self._path.open("r+b", buffering=0) as file:
                file.seek(len(kept))
                file.write(b"\n" * (end - len(kept) + self._room))
                os.fsync(file.fileno())
        except OSError as error:
            log.error("%s can't be written: %s", self._path.name, error.strerror)
        return end
