"""What somebody who takes part writes: an answer, words of the list, or a note. No word ever lowers anything."""

from datetime import datetime

from followupbot.domain import check_ins, notes, prompts
from followupbot.domain.addressing import stamp
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision, FreeText
from followupbot.domain.facts.notes import NoteReceived, NotesRead
from followupbot.domain.folding import fold
from followupbot.domain.lexicon import Theme
from followupbot.domain.tiers import Tier


def receive(chart: Chart, note: FreeText, now: datetime) -> Decision:
    """An answer is recorded; any word of the list is answered at once all the same, and what fits nothing is a note.

    One word, or numbers alone, that do not fit the question are a try at answering it, and the question stands again.
    """
    touched = notes.themes(chart, note.text) - {Theme.STOP}
    answered = check_ins.answer_text(chart, note.text, now)
    if answered is None:
        return notes.receive(chart, note, now, touched)
    if answered.facts:
        after = fold(chart, answered.chart_facts)
        kept = next((fact.note for fact in answered.facts if isinstance(fact, NoteReceived)), note.note)
        heard = bool(touched) or after.waiting_tier is Tier.EMERGENCY
        return answered + notes.respond(after, kept, now, touched) if heard else answered
    if touched or chart.waiting_tier is Tier.EMERGENCY or chart.held:
        return notes.receive(chart, note, now, touched)
    if len(note.text.split()) > 1 and chart.lexicon.numbers.all_in(note.text) is None:
        return notes.receive(chart, note, now) + (check_ins.repeat(chart, now) or Decision())
    return answered


def read(chart: Chart, shown: tuple[str, ...], now: datetime) -> Decision:
    """Staff have read these. What was held back goes on, and a check-in that waits is offered anew, by day."""
    if not chart.notes and not chart.held:
        return Decision()
    facts = (NotesRead(now, shown),)
    after = fold(chart, facts)
    check_in = after.open_check_in
    if not chart.held or not after.starts_allowed or check_in is None or check_in.expires_at <= now:
        return Decision(facts)
    offered = prompts.ready(after, check_in, f"c{check_in.id}/ready/{stamp(now)}", starts=True)
    return Decision(facts, (offered,))
