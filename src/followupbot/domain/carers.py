"""Those who help a patient answer: invited by the patient, or by staff with the patient's agreement (clinical.md 0.19).

A carer is asked what the patient is asked, but for what is private, and each answer says who gave it. The patient, or
staff, can end it at any time, and so can the carer.
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from followupbot.domain import check_ins
from followupbot.domain.addressing import patient_notice, retire, stamp, to_patient
from followupbot.domain.carer_state import CARERS_MAX, Beckoned, Carer, Helping, Wondering, read_initials
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.carers import (
    CarerBlocked,
    CarerConnected,
    CarerInvited,
    CarerJoined,
    CarerLeft,
    CarerUnblocked,
)
from followupbot.domain.facts.patient import InitialsChosen
from followupbot.domain.folding import fold
from followupbot.domain.ids import CarerId, ChatId, MessageId, TokenHash
from followupbot.domain.outgoing import Lane, OutgoingMessage, ToChat
from followupbot.domain.params import Instant, Param
from followupbot.domain.presses import CarerPress, Choice, CommandPress

REMOVE = "remove-"
"""What `/carer` takes, with a carer's number behind it: a hyphen stands in no initials."""

# -- inviting ----------------------------------------------------------------------------------------------------------


def explain(chart: Chart, now: datetime, refused: bool = False) -> Decision:
    """Who helps, a button to end each one's help, and how somebody is invited. `refused`: what was sent cannot be."""
    enrolled = chart.enrolled
    removing = tuple(
        (Choice(f"remove_{place}", CommandPress(chart.patient, "carer", f"{REMOVE}{carer.id}")),)
        for place, carer in enumerate(enrolled.carers, 1)
    )
    inviting: tuple[tuple[Choice, ...], ...] = ()
    if enrolled.initials is not None and len(enrolled.carers) < CARERS_MAX:
        inviting = ((Choice("invite", CommandPress(chart.patient, "carer", enrolled.initials)),),)
    numbers = [carer.id for carer in enrolled.carers] + [None] * CARERS_MAX
    params: dict[str, Param] = {f"number_{place}": numbers[place - 1] for place in range(1, CARERS_MAX + 1)}
    params |= {"refused": refused, "initials": enrolled.initials}
    return _reply(chart, "carers/explained", now, params, (*inviting, *removing))


def choose_initials(chart: Chart, initials: str, now: datetime) -> tuple[ChartFact, ...]:
    """They stand before each message from now on, where a chat follows several patients."""
    return () if chart.enrolled.initials == initials else (InitialsChosen(now, initials),)


def invite(chart: Chart, initials: str, token: TokenHash, expires_at: datetime, now: datetime) -> Decision:
    """A link for one more carer is out; nothing where the patient takes no part, or enough people help already."""
    if chart.active is None or len(chart.enrolled.carers) >= CARERS_MAX:
        return Decision()
    number = CarerId(chart.enrolled.carer_count + 1)
    return Decision((*choose_initials(chart, initials, now), CarerInvited(now, number, token, expires_at)))


def invite_in_chat(
    chart: Chart, argument: str, link: str | None, token: TokenHash, expires_at: datetime, now: datetime
) -> Decision:
    """The patient has a link to hand on, in words for whoever gets it. Without initials it is said how that is done.

    `link` is None while nobody knows the bot's name.
    """
    initials = read_initials(argument)
    if link is None or initials is None:
        return explain(chart, now, refused=bool(argument))
    invited = invite(chart, initials, token, expires_at, now)
    if not invited.facts:
        return explain(chart, now, refused=True)
    params: dict[str, Param] = {
        "initials": initials,
        "link": link,
        "until": Instant(expires_at, chart.enrolled.plan.zone),
    }
    return invited + _reply(chart, "carers/invited", now) + _reply(chart, "carers/link", now, params)


# -- the carer's own way in --------------------------------------------------------------------------------------------


def connect(chart: Chart, carer: Carer, chat: ChatId, now: datetime) -> Decision | None:
    """What helping means stands in that chat, and whether they do is asked; None where the link leads nowhere.

    It does where its time is over, and in a chat in which this patient is followed already.
    """
    known = [chart.enrolled.chat, *(found.chat for found in chart.enrolled.carers)]
    if not isinstance(carer.state, Beckoned) or carer.state.expires_at <= now or chat in known:
        return None
    connected = CarerConnected(now, carer.id, chat)
    return Decision((connected,), (_to_carer(chart, carer.id, chat, "carers/ask", now),))


def wait(chart: Chart, now: datetime) -> Decision:
    """What a carer hears who came with nothing to read: what they were asked, or what the patient is asked."""
    carer = _speaker(chart)
    if isinstance(carer.state, Wondering):
        return Decision(outgoing=(_to_carer(chart, carer.id, carer.state.chat, "carers/ask", now),))
    if chart.died or chart.held:
        return _reply(chart, "replies/no_more" if chart.died else "replies/read_by_people", now)
    repeated = check_ins.repeat(chart, now) if chart.starts_allowed or chart.open_check_in else None
    return repeated or _reply(chart, "replies/nothing_open", now)


def hear(chart: Chart, agrees: bool, pressed: MessageId, now: datetime) -> Decision:
    """Whether they help is on the record, and the patient knows that somebody does."""
    carer = _speaker(chart)
    if not isinstance(carer.state, Wondering):
        return Decision(notice=patient_notice(chart, "replies/notices/already_answered"))
    retired = Decision(outgoing=(retire(chart, pressed, now),))
    if not agrees:
        return retired + _leave(chart, carer, "carer", now)
    joined = CarerJoined(now, carer.id)
    after = fold(chart, (joined,))
    told = _to_own_chat(
        after, "carers/joined", carer, (Choice("remove", CommandPress(chart.patient, "carer", f"{REMOVE}{carer.id}")),)
    )
    welcome = _reply(after, "carers/welcome", now)
    waits = after.open_check_in
    going_on = check_ins.repeat(after, now) if waits is not None and after.starts_allowed else None
    return retired + Decision((joined,), told) + welcome + (going_on or Decision())


def leave(chart: Chart, now: datetime) -> Decision:
    """The carer helps no more; the patient goes on."""
    return _leave(chart, _speaker(chart), "carer", now)


def remove(chart: Chart, number: CarerId, by: Literal["patient", "staff"], now: datetime) -> Decision:
    """The carer helps no more, and knows that; nothing where nobody of that number helps."""
    carer = chart.enrolled.carer(number)
    return Decision() if carer is None else _leave(chart, carer, by, now)


def remove_in_chat(chart: Chart, argument: str, now: datetime) -> Decision:
    """The same by the patient's own button."""
    digits = argument.removeprefix(REMOVE)
    removed = remove(chart, CarerId(int(digits)), "patient", now) if digits.isdecimal() else Decision()
    return removed + explain(fold(chart, removed.chart_facts), now)


def _leave(chart: Chart, carer: Carer, by: Literal["carer", "patient", "staff"], now: datetime) -> Decision:
    left: tuple[ChartFact, ...] = (CarerLeft(now, carer.id, by),)
    told: tuple[OutgoingMessage, ...] = ()
    if carer.chat is not None:
        told = (_to_carer(chart, carer.id, carer.chat, "carers/left", now),)
    if by == "carer" and isinstance(carer.state, Helping):
        told += _to_own_chat(chart, "carers/one_less", carer)
    return Decision(left, told)


def helps(chart: Chart, number: CarerId) -> bool:
    """Whether they have agreed to, and nobody has ended it."""
    carer = chart.enrolled.carer(number)
    return carer is not None and isinstance(carer.state, Helping)


# -- what only the patient can do --------------------------------------------------------------------------------------


def refuse(chart: Chart, now: datetime) -> Decision:
    """That is the patient's own to ask for."""
    return _reply(chart, "carers/not_yours", now)


def block(chart: Chart, number: CarerId, now: datetime) -> Decision:
    """The carer's chat refuses us: recorded once."""
    carer = chart.enrolled.carer(number)
    refuses = carer is not None and isinstance(carer.state, Helping) and not carer.state.blocked
    return Decision((CarerBlocked(now, number),)) if refuses else Decision()


def unblock(chart: Chart, number: CarerId, now: datetime) -> Decision:
    """The carer's chat takes our messages again: recorded once."""
    carer = chart.enrolled.carer(number)
    refused = carer is not None and isinstance(carer.state, Helping) and carer.state.blocked
    return Decision((CarerUnblocked(now, number),)) if refused else Decision()


def _speaker(chart: Chart) -> Carer:
    carer = chart.enrolled.carer(chart.speaker)
    assert carer is not None, "a carer who is heard is in the chart"
    return carer


def _to_carer(chart: Chart, number: CarerId, chat: ChatId, message: str, now: datetime) -> OutgoingMessage:
    """To that chat, whether or not they help by then."""
    asks = message == "carers/ask"
    choices = tuple(
        (Choice(name, CarerPress(chart.patient, number, name == "agree")),) for name in ("agree", "decline")
    )
    made = to_patient(
        chart,
        message,
        key=f"carer/{number}/{message}/{stamp(now)}",
        lane=Lane.REPLY,
        params={"initials": _initials(chart)},
        choices=choices if asks else (),
    )
    return replace(made, to=ToChat(chat))


def _to_own_chat(chart: Chart, message: str, carer: Carer, *rows: tuple[Choice, ...]) -> tuple[OutgoingMessage, ...]:
    """To the patient, by day, whoever spoke; nothing to who has no chat, or hears nothing from us of our own accord."""
    if chart.enrolled.chat is None or not chart.starts_allowed:
        return ()
    made = to_patient(
        chart,
        message,
        key=f"{message}/{carer.id}",
        lane=Lane.CHECK_IN,
        params={"number": carer.id},
        choices=rows,
        starts=True,
    )
    return (replace(made, to=ToChat(chart.enrolled.chat)),)


def _initials(chart: Chart) -> str:
    return chart.enrolled.initials or chart.patient


def _reply(
    chart: Chart,
    message: str,
    now: datetime,
    params: dict[str, Param] | None = None,
    choices: tuple[tuple[Choice, ...], ...] = (),
) -> Decision:
    given = {"initials": _initials(chart)} if params is None and message in _NAMED else params
    reply = to_patient(chart, message, key=f"{message}/{stamp(now)}", lane=Lane.REPLY, params=given, choices=choices)
    return Decision(outgoing=(reply,))


_NAMED = frozenset({"carers/welcome", "carers/not_yours"})
"""Replies that say whom it is about."""
