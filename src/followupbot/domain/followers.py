"""Into which chats of a patient a message goes: their own, and those of the people who help them (clinical.md 0.19).

A reply goes to whoever spoke. What we start, and what staff set going, goes to all; so do an emergency's card and what
belongs to it, whoever pressed. What is private has no copies.
"""

from collections.abc import Iterator
from dataclasses import replace

from followupbot.domain.chart import Chart
from followupbot.domain.decision import Actor, ByCarer, ByPatient, ByStranger
from followupbot.domain.ids import CarerId, ChatId
from followupbot.domain.outgoing import Lane, Outgoing, OutgoingMessage, Retire, ToChat, ToPatient


def spread(before: Chart, after: Chart, by: Actor, outgoing: tuple[Outgoing, ...]) -> tuple[Outgoing, ...]:
    """The same messages, each with its copies, and a carer's replies with their chat.

    `before` and `after` are the chart on either side of the decision: who leaves by it still has its answer.
    """
    if after.enrolment is None or not (after.enrolment.carers or isinstance(by, ByCarer)):
        return outgoing
    return tuple(copy for item in outgoing for copy in _copies(before, after, by, item))


def _copies(before: Chart, after: Chart, by: Actor, item: Outgoing) -> Iterator[Outgoing]:
    if not isinstance(item, OutgoingMessage | Retire) or not isinstance(item.to, ToPatient):
        yield item
        return
    speaker = before.enrolled.carer(by.carer) if isinstance(by, ByCarer) else None
    for_all = _for_all(by, item)
    if speaker is not None and speaker.chat is not None:
        yield _to(item, speaker.id, speaker.chat)
    if speaker is None or for_all:
        yield item
    for number, chat in after.enrolled.helpers if for_all else ():
        if speaker is None or number != speaker.id:
            yield _to(item, number, chat)


def _for_all(by: Actor, item: OutgoingMessage | Retire) -> bool:
    if isinstance(item, Retire) or item.private or item.in_place_of is not None:
        return False
    return not isinstance(by, ByPatient | ByCarer | ByStranger) or item.lane is Lane.ALERT


def _to(item: OutgoingMessage | Retire, number: CarerId, chat: ChatId) -> Outgoing:
    return replace(item, key=f"{item.key}{OF_CARER}{number}", to=ToChat(chat))


OF_CARER = "/carer/"
"""Stands, with the carer's number, at the end of the key of what went to a carer."""
