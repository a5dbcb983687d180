"""What a patient writes or sends that no question asked for: kept for people to read, answered at once."""

from datetime import datetime

from followupbot.domain import offers
from followupbot.domain.addressing import to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.decision import Decision, FreeText
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.facts.patient import PatientHeld
from followupbot.domain.lexicon import Theme
from followupbot.domain.outgoing import Lane, OutgoingMessage, Recall
from followupbot.domain.params import Instant, Param
from followupbot.domain.tiers import Tier

NOTE_LENGTH_MAX = 4096
"""Telegram's own limit for a message."""

SAY_WHEN = frozenset({"replies/note_received", "replies/gate_offered", "replies/crisis_words"})
"""They promise that people read it: out of hours they say when that begins (clinical.md 6, not-monitored text)."""

Themes = frozenset[Theme]

HOLDING = (Theme.DEATH, Theme.ADMISSION)
"""What holds back everything that we start until staff have read it (clinical.md 0.13)."""


def themes(chart: Chart, text: str) -> Themes:
    """What the text touches, by the lists of words of all languages: in need people write in their own."""
    return themes_of(chart.clinic, text)


def themes_of(clinic: Clinic, text: str) -> Themes:
    """The same of whoever wrote to the clinic."""
    lexicons = clinic.published.lexicons.values() if clinic.programme is not None else ()
    return frozenset(theme for lexicon in lexicons for theme in lexicon.themes(text))


def receive(chart: Chart, note: FreeText, now: datetime, touched: Themes = frozenset()) -> Decision:
    """The note is on the record, and its writer knows that a computer cannot understand it (clinical.md 0.8)."""
    return _kept(chart, note, now) + respond(chart, note.note, now, touched)


def receive_early(chart: Chart, note: FreeText, now: datetime) -> Decision:
    """The same of somebody who takes no part, or not yet: no button of a check-in, which nobody has agreed to.

    What may be urgent is answered by what to do now.
    """
    touched = themes(chart, note.text)
    held = _holding(touched)
    kept = _kept(chart, note, now)
    if held is not None:
        kept += Decision((PatientHeld(now, held, note.note),))
    if Theme.CRISIS in touched:
        return kept + Decision(outgoing=(_reply(chart, "replies/crisis_words", offers.crisis(chart), now),))
    quiet = held is not None or chart.held == Theme.DEATH or chart.died
    replies: tuple[OutgoingMessage, ...] = (
        _reply(chart, "replies/read_by_people" if quiet else "replies/note_received", (), now),
    )
    if Theme.GATE in touched and Theme.DEATH not in touched:
        replies = (_urgent(chart), *replies)
    return kept + Decision(outgoing=replies)


def respond(chart: Chart, note: str, now: datetime, touched: Themes) -> Decision:
    """The writer knows whom to call and has the buttons for what the words may mean; nobody reads more into them.

    A death, or a stay in hospital, holds back what we start, and is answered in one sentence.
    """
    held = _holding(touched)
    decision = Decision()
    if held is not None:
        decision = Decision((PatientHeld(now, held, note),), (Recall(),))
    rows = offers.crisis(chart) if Theme.CRISIS in touched else ()
    asking = offers.check_now(chart)
    if (held is None and not _beyond(chart)) or Theme.GATE in touched:
        rows += asking
    answer = _answer(chart, touched)
    if answer == "replies/gate_offered" and not asking:
        # Of whom nothing is asked yet there is no button to speak of; what to do now is said all the same.
        return decision + Decision(outgoing=(_urgent(chart), _reply(chart, "replies/note_received", rows, now)))
    return decision + Decision(outgoing=(_reply(chart, answer, rows, now),))


def review_by(chart: Chart, now: datetime) -> datetime:
    """By when somebody reads what came now: before the clinic closes, on its next day where it is shut."""
    return chart.clinic.settings.hours.next_closing(now)


def _kept(chart: Chart, note: FreeText, now: datetime) -> Decision:
    """The note is on the record, as far as it is kept, and somebody reads it by then."""
    kept = FreeText(note.note, note.text[:NOTE_LENGTH_MAX])
    return Decision((NoteReceived(now, kept.note, review_by(chart, now), chart.speaker),), texts=(kept,))


def _holding(touched: Themes) -> Theme | None:
    """The gravest of what holds back, of what was touched; None where nothing does."""
    return next((theme for theme in HOLDING if theme in touched), None)


def _answer(chart: Chart, touched: Themes) -> str:
    if Theme.CRISIS in touched:
        return "replies/crisis_words"
    if Theme.DEATH in touched or chart.held == Theme.DEATH or chart.died:
        return "replies/read_by_people"
    if chart.waiting_tier is Tier.EMERGENCY:
        return "replies/still_urgent"
    if Theme.ADMISSION in touched or _beyond(chart):
        return "replies/read_by_people"
    return "replies/gate_offered" if Theme.GATE in touched else "replies/note_received"


def _urgent(chart: Chart) -> OutgoingMessage:
    """What to do now, and whom to call."""
    return to_patient(
        chart, "replies/urgent", key=f"urgent/{chart.version}", lane=Lane.ALERT, choices=offers.crisis(chart)
    )


def _beyond(chart: Chart) -> bool:
    """Whether the patient has died or lies in hospital, or may."""
    return chart.beyond_reach or chart.held is not None


def _reply(chart: Chart, message: str, rows: offers.Rows, now: datetime) -> OutgoingMessage:
    params: dict[str, Param] = {}
    if message in SAY_WHEN:
        opens = chart.clinic.settings.hours.next_open(now)
        params = {"opens": Instant(opens, chart.enrolled.plan.zone) if opens > now else None}
    return to_patient(chart, message, key=f"note/{chart.version}", lane=Lane.REPLY, params=params, choices=rows)
