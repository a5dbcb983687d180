"""What a decision shows at a terminal, and what may be typed from then on."""

from collections.abc import Mapping, Sequence

from followupbot.application.ports import Renderer
from followupbot.channels.console import screen
from followupbot.channels.console.screen import Screen
from followupbot.domain.calls import to_be_read_out
from followupbot.domain.decision import Decision
from followupbot.domain.outgoing import Notice, OutgoingMessage, Retire
from followupbot.domain.presses import Press


def messages(decision: Decision) -> list[OutgoingMessage]:
    """What the patient gets of it, in its order."""
    return [item for item in decision.outgoing if isinstance(item, OutgoingMessage) and to_be_read_out(item)]


def screens(renderer: Renderer, found: Sequence[OutgoingMessage], notice: Notice | None = None) -> tuple[Screen, ...]:
    """The messages in words; where there are none, the line for whoever pressed. LookupError where words miss."""
    if not found and notice is not None:
        return screen.put([renderer.render(notice.words, notice.language, notice.message, notice.params)])
    return screen.put([renderer.render(one.words, one.language, one.message, one.params, one.choices) for one in found])


def keys(before: Mapping[str, Press], decision: Decision, shown: Sequence[Screen]) -> Mapping[str, Press]:
    """What is shown may be pressed; what stood there before only where nothing of it was replaced or moves on."""
    replaced = any(
        isinstance(item, Retire) or (isinstance(item, OutgoingMessage) and item.in_place_of is not None)
        for item in decision.outgoing
        if to_be_read_out(item)
    )
    kept = {} if replaced or any(one.moves_on for one in shown) else dict(before)
    for one in shown:
        kept |= one.keys
    return kept
