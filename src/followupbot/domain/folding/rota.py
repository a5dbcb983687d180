"""What the facts about weeks on call and leave add up to."""

from dataclasses import replace
from datetime import date
from typing import assert_never

from followupbot.domain.clinic import Clinic
from followupbot.domain.facts.rota import LeaveEnded, LeaveEntered, RotaFact, WeekAssigned
from followupbot.domain.rota_state import LEAVES_MAX, WEEKS_MAX, Leave, Week


def folded(clinic: Clinic, fact: RotaFact) -> Clinic:
    """The clinic after the fact, but for its version."""
    match fact:
        case WeekAssigned():
            return replace(clinic, rota=_with_week(clinic.rota, fact))
        case LeaveEntered():
            return replace(clinic, leave=_with_leave(clinic, fact.leave, fact.at.date()))
        case LeaveEnded():
            ended = (fact.staff, fact.first)
            return replace(clinic, leave=tuple(one for one in clinic.leave if (one.staff, one.first) != ended))
        case _:
            assert_never(fact)


def _with_week(rota: tuple[Week, ...], fact: WeekAssigned) -> tuple[Week, ...]:
    """The earliest first; a week without anybody stays, since the clinic keeps a rota, and that week is a gap in it."""
    others = [week for week in rota if week.monday != fact.monday]
    weeks = sorted((*others, Week(fact.monday, fact.staff)), key=lambda week: week.monday)
    return tuple(weeks[-WEEKS_MAX:])


def _with_leave(clinic: Clinic, entered: Leave, today: date) -> tuple[Leave, ...]:
    """What is entered takes the place of whatever leave of the same person it overlaps; what is over is forgotten."""
    others = [leave for leave in clinic.leave if leave.last >= today and not leave.overlaps(entered)]
    return (*others, entered)[-LEAVES_MAX:]
