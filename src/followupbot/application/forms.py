"""The forms in which one message may go out, the best first: what its own words can't say is said more simply."""

import logging
from collections.abc import Iterator

from followupbot.application.ports import Channel, Renderer
from followupbot.domain.delivery import Claim
from followupbot.domain.ids import MessageKey
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import WHOM

log = logging.getLogger(__name__)

CARDS = "cards/"
FALLBACK_CARD = MessageKey("cards/fallback")
FALLBACK_ALERT = MessageKey("alerts/fallback")
"""Texts that need a patient's code at most, for a card or an alert that can't be said in its own words: never none."""


class Forms:
    """The bytes that may be sent for a claim."""

    def __init__(self, renderer: Renderer, channel: Channel) -> None:
        """Nothing is rendered yet."""
        self._renderer = renderer
        self._channel = channel

    def first(self, claim: Claim) -> bytes | None:
        """The best of them; None where it can't be said in any."""
        return next(self.of(claim), None)

    def of(self, claim: Claim) -> Iterator[bytes]:
        """Its own words, these without mark-up, and for an alert or a card the fallback."""
        if claim.message is None:
            return
        tries = [(claim.message, claim.params, claim.choices)]
        if claim.lane is Lane.ALERT:
            fallback = FALLBACK_CARD if claim.message.startswith(CARDS) else FALLBACK_ALERT
            # Whom it is about, and nothing else that may be what could not be said.
            known = {name: value for name, value in claim.params.items() if name in {"code", WHOM}}
            tries += [(fallback, known, claim.choices), (fallback, known, ())]
        for message, params, choices in tries:
            try:
                rendered = self._renderer.render(claim.words, claim.language, message, params, choices)
                yield self._channel.compose(rendered)
                yield self._channel.compose(self._renderer.plain(rendered))
            except Exception as error:  # a text that fails must not keep a simpler one from going out
                log.error("delivery %d: %s can't be rendered: %s", claim.id, message, type(error).__name__)
