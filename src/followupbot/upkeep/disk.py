"""What has to be on the disk, and not only in the machine's memory, before anything relies on it."""

import os
from pathlib import Path


def settle_names(folder: Path) -> None:
    """What was named in the folder keeps its name also where the plug is pulled.

    Nothing is done where the system opens no folder, as Windows does not: there the file system sees to it.
    """
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
