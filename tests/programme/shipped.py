"""The care protocols that ship, read once, with their vignettes."""

from functools import cache
from pathlib import Path

from followupbot.checking.histories import Vignettes
from followupbot.checking.vignettes import read_vignettes
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.ids import ProtocolKey
from followupbot.protocol_files import consistency
from followupbot.protocol_files.protocol import assemble, read_text
from followupbot.protocol_files.reading import Node, Reading
from followupbot.protocol_files.sources import VIGNETTES

ROOT = Path(__file__).parent.parent.parent
PROTOCOLS = ROOT / "protocols"
LUMBAR = "lumbar_fusion"


@cache
def reading_of(path: str) -> Reading:
    """A file below protocols/, read once."""
    return Reading(f"protocols/{path}", (PROTOCOLS / path).read_bytes())


@cache
def protocol(key: str = LUMBAR) -> CareProtocol:
    """The care protocol as it ships."""
    built = build(key, reading_of(f"{key}.yaml"))
    assert built is not None, reading_of(f"{key}.yaml").problems
    return built


@cache
def vignettes(key: str = LUMBAR) -> Vignettes:
    """The vignettes beside it."""
    reading = reading_of(f"{key}{VIGNETTES}")
    found = read_vignettes(reading)
    assert found is not None, reading.problems
    assert not reading.problems
    return found


def build(key: str, reading: Reading) -> CareProtocol | None:
    """The care protocol of that tree; None where it is not one that would be published."""
    text = read_text(reading)
    found = assemble(ProtocolKey(key), text, reading) if text else None
    if text is None or found is None:
        return None
    consistency.inspect(found, text, reading)
    return found


def mutated(node: Node, original: Reading) -> Reading:
    """A reading of another tree, whose parts stand where those of the original do."""
    twin = Reading.__new__(Reading)
    twin.file, twin.problems, twin.places, twin.top = original.file, [], original.places, node
    return twin
