"""What the facts about those who help add up to."""

from dataclasses import replace
from typing import assert_never

from followupbot.domain.carer_state import Beckoned, Carer, CarerState, Helping, Wondering
from followupbot.domain.chart import Chart
from followupbot.domain.facts.carers import (
    CarerBlocked,
    CarerConnected,
    CarerFact,
    CarerInvited,
    CarerJoined,
    CarerLeft,
    CarerUnblocked,
)
from followupbot.domain.folding.changes import Changes, of_enrolment
from followupbot.domain.ids import CarerId, ChatId


def changes(chart: Chart, fact: CarerFact) -> Changes:
    """The parts of the chart that the fact changes, by name."""
    match fact:
        case CarerInvited():
            more = (*chart.enrolled.carers, Carer(fact.carer, Beckoned(fact.token_hash, fact.expires_at)))
            return of_enrolment(chart, carers=more, carer_count=max(chart.enrolled.carer_count, fact.carer))
        case CarerConnected():
            return _carer(chart, fact.carer, Wondering(fact.chat))
        case CarerJoined():
            return _carer(chart, fact.carer, Helping(_carers_chat(chart, fact.carer)))
        case CarerLeft():
            return of_enrolment(chart, carers=tuple(carer for carer in chart.enrolled.carers if carer.id != fact.carer))
        case CarerBlocked() | CarerUnblocked():
            blocked_at = fact.at if isinstance(fact, CarerBlocked) else None
            return _carer(chart, fact.carer, Helping(_carers_chat(chart, fact.carer), blocked_at))
        case _:
            assert_never(fact)


def _carer(chart: Chart, number: CarerId, state: CarerState) -> Changes:
    carers = tuple(replace(carer, state=state) if carer.id == number else carer for carer in chart.enrolled.carers)
    return of_enrolment(chart, carers=carers)


def _carers_chat(chart: Chart, number: CarerId) -> ChatId:
    carer = chart.enrolled.carer(number)
    assert carer is not None, "a fact about a carer follows the invitation"
    assert carer.chat is not None, "who agrees, blocks or unblocks has a chat"
    return carer.chat
