"""Whom something is about that came from a chat in which several patients are followed (clinical.md 0.19)."""

from collections.abc import Sequence
from dataclasses import dataclass

from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.decision import Decision
from followupbot.domain.ids import ChatId, MessageId, MessageKey
from followupbot.domain.outgoing import Lane, OutgoingMessage, Retire, ToChat
from followupbot.domain.params import Param
from followupbot.domain.presses import Choice, MeantPress


@dataclass(frozen=True)
class Kept:
    """What came from such a chat, until it is said whom it is about. `kind`: `command`, `words` or `other`."""

    chat: ChatId
    message: MessageId
    kind: str
    text: str


PATIENTS_MAX = 6
"""Patients who are followed in one chat: each has a button, and a family's phone is no ward's."""


def ask(clinic: Clinic, charts: Sequence[Chart], chat: ChatId, message: MessageId, urgent: bool) -> Decision:
    """One button for each patient, by their initials; where it may be urgent, whom to call comes first."""
    named = sorted((chart.enrolled.initials or chart.patient, chart.patient) for chart in charts)[:PATIENTS_MAX]
    languages = [chart.enrolled.plan.language for chart in charts]
    params: dict[str, Param] = {f"person_{place}": None for place in range(1, PATIENTS_MAX + 1)}
    params |= {f"person_{place}": name for place, (name, _) in enumerate(named, 1)}
    params |= {"urgent": urgent}
    return Decision(
        outgoing=(
            OutgoingMessage(
                key=f"chat/{chat}/which/{message}",
                to=ToChat(chat),
                lane=Lane.ALERT if urgent else Lane.REPLY,
                subject=f"chat/{chat}/which",
                message=MessageKey("replies/which_patient"),
                language=languages[0] if languages else clinic.settings.language,
                words=clinic.published.version,
                params=params,
                choices=tuple(
                    (Choice(f"person_{place}", MeantPress(patient, message)),)
                    for place, (_, patient) in enumerate(named, 1)
                ),
            ),
        )
    )


def told(chat: ChatId, pressed: MessageId) -> Decision:
    """The question has its answer, and its buttons are gone."""
    subject = f"chat/{chat}/which"
    return Decision(outgoing=(Retire(f"{subject}/told/{pressed}", ToChat(chat), subject, pressed),))
