"""What came of a conversation, for the clinic: flags and why, the alert, what was sent, and what is still to come."""

from collections.abc import Iterator
from datetime import date, datetime

from followupbot.channels.console import showing
from followupbot.channels.console.conversation import Conversation
from followupbot.domain.alert_state import Alert, Flag, Open
from followupbot.domain.facts.alerts import AlertRaised, FlagJoined, FlagRecorded
from followupbot.domain.facts.check_ins import ScoreRecorded
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.facts.occasions import RecheckPlanned
from followupbot.domain.ids import MessageKey
from followupbot.domain.outgoing import ToClinician
from followupbot.domain.rules import said
from followupbot.domain.schedule import local
from followupbot.rendering.contracts import shown

TO_THE_PATIENT = {"card": "cards/", "education": "education/"}


def lines(conversation: Conversation) -> Iterator[str]:
    """One thing a line, the most urgent flag first; one line that says so where nothing came of it."""
    facts = conversation.facts
    flags = [fact.flag for fact in facts if isinstance(fact, FlagRecorded | AlertRaised | FlagJoined)]
    for flag in sorted(flags, key=lambda flag: flag.tier.rank):
        yield from _flag(conversation, flag)
    if not flags:
        yield "flag      none: no rule has fired"
    alert = conversation.chart.unresolved_alert
    if alert is not None:
        yield from _alert(conversation, alert)
    for what, folder in TO_THE_PATIENT.items():
        for key in dict.fromkeys(sent.message for sent in conversation.sent if sent.message.startswith(folder)):
            yield f"{what:<10}{key.removeprefix(folder)}"
    scores = {fact.score: fact.value for fact in facts if isinstance(fact, ScoreRecorded)}
    for score, value in scores.items():
        yield f"score     {score}: {'too little was answered' if value is None else value}"
    yield from _rechecks(conversation)
    read_by = [fact.review_by for fact in facts if isinstance(fact, NoteReceived) and fact.review_by is not None]
    if read_by:
        yield f"note      {len(read_by)} to be read, the first by {_time(conversation, min(read_by))}"
    if conversation.chart.held:
        yield "held      nothing more is sent until staff have read that"


def _flag(conversation: Conversation, flag: Flag) -> Iterator[str]:
    found = flag.trace
    because = [f"{answer.question} {shown(answer.value)}" for answer in found.inputs]
    because += [f"{against.name} {shown(against.value)}" for against in found.against]
    yield f"flag      {flag.tier}: {found.rule}" + (f" ({', '.join(because)})" if because else "")
    rule = conversation.chart.protocol().rule(found.rule)
    # A button that is no answer raises a flag without a rule.
    params = {} if rule is None else {name: shown(value) for name, value in said(rule, found).items()}
    clinic = conversation.chart.clinic.published
    message = MessageKey(f"rules/{found.rule}")
    words = conversation.renderer.render(clinic.version, clinic.settings.language, message, params)
    yield from (f"          {line}" for line in conversation.renderer.plain(words).html.split("\n"))


def _alert(conversation: Conversation, alert: Alert) -> Iterator[str]:
    page_at = alert.state.page_at if isinstance(alert.state, Open) else None
    pages = [sent for sent in conversation.sent if isinstance(sent.to, ToClinician)]
    if pages:
        paged = "paged at once"
    elif page_at is not None:
        paged = f"paged at {_time(conversation, page_at)}, when the clinic opens"
    else:
        paged = "nobody is paged, it stands in the list"
    yield f"alert     {alert.tier}: to be dealt with by {_time(conversation, alert.due_at)}; {paged}"
    # Everybody on a step gets the same words; a worse flag pages anew.
    for page in pages[-1:]:
        (shown,) = showing.screens(conversation.renderer, [page])
        yield from (f"          {line}" for line in shown.lines())


def _rechecks(conversation: Conversation) -> Iterator[str]:
    zone = conversation.chart.enrolled.plan.zone
    planned: dict[date, str] = {}
    for fact in conversation.facts:
        if isinstance(fact, RecheckPlanned):
            days = (fact.on - local(fact.at, zone).date()).days
            planned[fact.on] = f"re-check  after {days} days, on {fact.on.isoformat()}"
    yield from (planned[on] for on in sorted(planned))


def _time(conversation: Conversation, at: datetime) -> str:
    return f"{local(at, conversation.chart.clinic.settings.hours.zone):%Y-%m-%d %H:%M}"
