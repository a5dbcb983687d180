"""What a patient hears who asks what can be done here."""

from collections.abc import Mapping
from datetime import datetime

from followupbot.domain import offers
from followupbot.domain.addressing import stamp, to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Param

COMMANDS = (
    "urgent",
    "report",
    "learn",
    "progress",
    "pause",
    "resume",
    "time",
    "zone",
    "language",
    "stop",
    "carer",
    "privacy",
    "mydata",
    "delete",
    "help",
)
"""In the order of the menu. Each has its words in `commands/<name>`, which the menu and `/help` show."""


def help_(chart: Chart, now: datetime) -> Decision:
    """Every command in plain words, and whom to call; at any hour and in every state of the enrolment.

    Who takes no part, or not yet, has those that do something then. A helper has those that are theirs; where there is
    no other chat than a helper's, more are.
    """
    rows = (*offers.check_now(chart), *offers.crisis(chart))
    if chart.speaker is None:
        return _reply(chart, "replies/help", f"help/{stamp(now)}", rows, {"early": chart.active is None})
    return _reply(chart, "carers/help", f"help/{stamp(now)}", rows, {"only_chat": chart.enrolled.chat is None})


def after_death(chart: Chart, command: str, now: datetime) -> Decision:
    """Whoever holds the phone hears whom to call: nothing is asked, shown or changed in this chat any more.

    It is staff's word that the patient died, and may be about the wrong code: `/help` has what is hardest to say.
    """
    return _reply(chart, "replies/no_more", f"no_more/{stamp(now)}", offers.crisis(chart) if command == "help" else ())


def privacy(chart: Chart, now: datetime) -> Decision:
    """What is kept, where, for how long, and what the patient can ask for."""
    return _reply(chart, "replies/privacy", f"privacy/{stamp(now)}")


def unknown_command(chart: Chart, now: datetime) -> Decision:
    """There is no such command; `/help` has those that there are."""
    return _reply(chart, "replies/unknown_command", f"unknown_command/{stamp(now)}")


def _reply(
    chart: Chart, message: str, key: str, rows: offers.Rows = (), params: Mapping[str, Param] | None = None
) -> Decision:
    reply = to_patient(chart, message, key=key, lane=Lane.REPLY, params=params, choices=rows)
    return Decision(outgoing=(reply,))
