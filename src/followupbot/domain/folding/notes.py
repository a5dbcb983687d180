"""What the facts about a patient's own words add up to."""

from typing import assert_never

from followupbot.domain.chart import UNREAD_MAX, Chart
from followupbot.domain.facts.notes import NoteFact, NoteReceived, NotesRead, TextAnswered
from followupbot.domain.folding.changes import Changes


def changes(chart: Chart, fact: NoteFact) -> Changes:
    """The parts of the chart that the fact changes, by name."""
    match fact:
        case NoteReceived():
            unread = (*chart.unread, fact.note)[-UNREAD_MAX:]
            since, due = chart.unread_since or fact.at, chart.review_by or fact.review_by
            waiting: Changes = {"unread": unread, "unread_since": since, "review_by": due}
            return {"notes": chart.notes + 1, "texts": chart.texts + 1, **waiting}
        case NotesRead():
            return _notes_read(chart, fact)
        case TextAnswered():
            return {}
        case _:
            assert_never(fact)


def _notes_read(chart: Chart, fact: NotesRead) -> Changes:
    """What came in the meantime is still to be read, no later than before."""
    unread = tuple(note for note in chart.unread if note not in fact.notes)
    review_by = chart.review_by if unread else None
    since = chart.unread_since if unread else None
    waiting: Changes = {"unread": unread, "unread_since": since, "review_by": review_by}
    # Whoever has read another text knows nothing of a death yet. One that is kept no more can't be shown to anybody.
    holds = tuple(hold for hold in chart.holds if hold.note in unread)
    return {"notes": len(unread), "holds": holds, **waiting}
