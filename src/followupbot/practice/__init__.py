"""The practice Telegram: a strict Bot API on loopback with faults to order, and phones in the browser.

It knows nothing of followupbot: it speaks the Bot API over HTTP on one side and plays people on the other, so whatever
bot talks to it is told what the real Telegram would tell it.
"""

from followupbot.practice.clock import FrozenClock, ShiftedClock
from followupbot.practice.faults import Fault, FaultKind
from followupbot.practice.people import Group, Person
from followupbot.practice.refusals import NotPossible, Refused
from followupbot.practice.server import Practice

__all__ = ["Fault", "FaultKind", "FrozenClock", "Group", "NotPossible", "Person", "Practice", "Refused", "ShiftedClock"]
