"""A chat in which several patients are followed: whom something is about is asked there, and never guessed.

What came is kept until then. Where nobody says whom it is about, all of them have it to be read: a text must not be
lost for want of a press (clinical.md 0.8, 0.19).
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from followupbot.application.ports import StorageUnavailable, Store
from followupbot.domain import households, notes, pauses
from followupbot.domain.chart import Chart
from followupbot.domain.decision import ByCarer, Cause, Decision, FreeText, Speaker
from followupbot.domain.households import Kept
from followupbot.domain.ids import ChatId, MessageId, PatientId
from followupbot.domain.lexicon import Theme

ANSWER_WITHIN = timedelta(minutes=10)
"""So long it waits to be said whom a text is about; then it is a note about each of them."""

COMMAND, WORDS, OTHER = "command", "words", "other"
"""What came: a slash command, words, or something that is no text."""


def ask(
    store: Store,
    chat: ChatId,
    speakers: Sequence[Speaker],
    message: MessageId,
    kind: str,
    text: str,
    cause: Cause,
    now: datetime,
) -> Decision:
    """What came is kept, and whom it is about is asked by a button for each; whom to call stands there too."""
    charts = [chart for speaker in speakers if (chart := store.chart(speaker.patient)) is not None]
    store.keep_until_meant(Kept(chat, message, kind, text), now)
    urgent = (kind == COMMAND and text.startswith("urgent")) or any(
        kind != COMMAND and notes.themes(chart, text) & {Theme.GATE, Theme.CRISIS} for chart in charts
    )
    return store.transact_clinic(cause, lambda clinic: households.ask(clinic, charts, chat, message, urgent))


def means_stop(store: Store, speakers: Sequence[Speaker], text: str) -> bool:
    """Whether the whole text is a word for it: that is for everybody in the chat, and nobody is asked whom it means."""
    charts = (store.chart(speaker.patient) for speaker in speakers)
    return any(chart is not None and pauses.means_stop(chart, text) for chart in charts)


def meant_by(chat: ChatId, message: MessageId) -> str:
    """What names the cause of whatever that message comes to: it is about one patient, whoever else is pressed."""
    return f"meant:{chat}:{message}"


def note_unmeant(
    store: Store, kept: Kept, now: datetime, log: Callable[[PatientId, Exception], None]
) -> set[PatientId]:
    """What nobody has said whom it is about has become a note about each patient of its chat.

    Given back are those about whom deciding raised: what was written is kept, and the others have it.
    """
    failed = set[PatientId]()
    for speaker in store.speakers_of(kept.chat) if kept.kind != COMMAND else ():
        key = f"{meant_by(kept.chat, kept.message)}/{speaker.patient}"
        try:
            _note(store, speaker, kept, Cause(key, speaker), now)
        except StorageUnavailable:
            raise
        except Exception as error:  # one chart must not keep the others from the note
            log(speaker.patient, error)
            failed.add(speaker.patient)
    if not failed:
        store.drop_meant(kept.chat, kept.message)
    return failed


def _note(store: Store, speaker: Speaker, kept: Kept, cause: Cause, now: datetime) -> None:
    def decide(chart: Chart) -> Decision:
        if chart.active is None or (isinstance(speaker, ByCarer) and chart.enrolled.carer(speaker.carer) is None):
            return Decision()
        return notes.receive(chart, FreeText(cause.key, kept.text), now, notes.themes(chart, kept.text) - {Theme.STOP})

    store.transact(speaker.patient, cause, decide)
