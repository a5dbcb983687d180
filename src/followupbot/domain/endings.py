"""What a patient hears at the end of a check-in, and what is known of one in which nobody says anything more."""

from dataclasses import replace
from datetime import datetime, timedelta

from followupbot.domain import alerts, ladders, prompts, yearly
from followupbot.domain.addressing import check_in_subject, stamp, to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.decision import Decision
from followupbot.domain.education import topics_for
from followupbot.domain.evidence import Silence
from followupbot.domain.facts.check_ins import CheckInCompleted
from followupbot.domain.ids import MessageId
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.params import Param
from followupbot.domain.presses import ChangePress, Choice
from followupbot.domain.rules import Rule
from followupbot.domain.tiers import Tier
from followupbot.domain.tiers import worst as worst_of


def finish(chart: Chart, check_in: CheckIn, pressed: MessageId | None, now: datetime) -> Decision:
    """It is complete, unless a carer has answered and what is private waits for the patient, in their own chat."""
    if all_said(chart, check_in, now):
        return complete(chart, check_in, pressed, now)
    rest = to_patient(
        chart,
        "check_ins/rest_is_private",
        key=f"c{check_in.id}/rest/{stamp(now)}",
        lane=Lane.REPLY,
        subject=check_in_subject(chart.patient, check_in.id),
        in_place_of=pressed,
    )
    return Decision(outgoing=(rest,))


def all_said(chart: Chart, check_in: CheckIn, now: datetime) -> bool:
    """Whether the patient, once whoever speaks has nothing more to say, has nothing to say in their own chat either."""
    return not chart.apart or prompts.upcoming(replace(chart, speaker=None), check_in, now) is None


def complete(chart: Chart, check_in: CheckIn, pressed: MessageId | None, now: datetime) -> Decision:
    """What happens now and when somebody looks at it; then the education that fits, none after an urgent flag."""
    completed = CheckInCompleted(now, check_in.id)
    told = said(chart, check_in, now, pressed)
    done, worst = _done(chart, check_in, now)
    now_or_before = worst_of(tier for tier in (worst, chart.waiting_tier) if tier is not None)
    education = tuple(
        to_patient(
            chart,
            f"education/{topic}",
            key=f"c{check_in.id}/education/{topic}",
            lane=Lane.EDUCATION,
            subject=check_in_subject(chart.patient, check_in.id),
        )
        for topic in topics_for(chart.protocol(check_in.version), check_in, now_or_before)
    )
    urgent = now_or_before is not None and now_or_before.urgent
    # By one subject: what has another goes side by side, and nobody is asked whether they go on before the thanks.
    asked = tuple(replace(message, subject=told.subject) for message in (() if urgent else yearly.ask(chart, now)))
    return Decision((completed,), (told, done, *education, *asked))


def said(chart: Chart, check_in: CheckIn, now: datetime, pressed: MessageId | None) -> OutgoingMessage:
    """What was said, in the place of the last question, and the button that changes an answer."""
    return to_patient(
        chart,
        "check_ins/said",
        key=f"c{check_in.id}/said/{stamp(now)}",
        lane=Lane.REPLY,
        subject=check_in_subject(chart.patient, check_in.id),
        words=check_in.version,
        params={"said": prompts.summary(chart, check_in, now)},
        choices=((Choice("change", ChangePress(chart.patient, check_in.id)),),),
        in_place_of=pressed,
    )


def _done(chart: Chart, check_in: CheckIn, now: datetime, starts: bool = False) -> tuple[OutgoingMessage, Tier | None]:
    """What the patient hears about this check-in's most urgent flag, and its tier; None where it raised none."""
    # Also one that has been resolved in the meantime: what was said was said. The newest first, of equal ones.
    flags = [
        (flag.tier, alert) for alert in reversed(chart.alerts) for flag in alert.flags if flag.check_in == check_in.id
    ]
    worst, alert = min(flags, key=lambda found: found[0].rank, default=(None, None))
    params: dict[str, Param] = {}
    if alert is not None and worst in {Tier.SAME_DAY, Tier.THIS_WEEK}:
        params["due"] = ladders.due_ahead(chart, alert, now)
    if alert is not None and worst is Tier.SAME_DAY:
        params["reached"] = ladders.reachable(chart, alert, now)
        params["told_now"] = alerts.is_known(alert)
    done = to_patient(
        chart,
        f"check_ins/done/{worst or 'no_flag'}",
        key=f"c{check_in.id}/done/{chart.version}" if not starts else f"c{check_in.id}/unfinished/{stamp(now)}",
        lane=Lane.REPLY,
        subject=check_in_subject(chart.patient, check_in.id),
        params=params,
        starts=starts,
    )
    return done, worst


def tell(chart: Chart, check_in: CheckIn, rules: tuple[Rule, ...], now: datetime, starts: bool) -> Decision:
    """Whoever said something urgent and went away is told whom to call; of less urgent flags the clinic knows.

    With `starts` they went away long ago, and it is we who begin; else it belongs to what they have just said.
    """
    if not any(rule.tier.urgent for rule in rules) or (starts and not chart.starts_allowed):
        return Decision()
    if not _flagged_urgently(chart, check_in):
        return Decision()  # it is expected as it is, and has no alert (clinical.md 0.15)
    return Decision(outgoing=(_done(chart, check_in, now, starts=starts)[0],))


def tell_at_once(before: Chart, after: Chart, check_in: CheckIn, now: datetime) -> Decision:
    """Whom to call today, at the very press, the first time on this occasion: who goes away now never sees its end."""
    if _flagged_urgently(before, check_in) or not _flagged_urgently(after, check_in):
        return Decision()
    return Decision(outgoing=(_done(after, check_in, now)[0],))


def _flagged_urgently(chart: Chart, check_in: CheckIn) -> bool:
    flags = (flag for alert in chart.alerts for flag in alert.flags)
    return any(flag.check_in == check_in.id and flag.tier.urgent for flag in flags)


def silence(chart: Chart, check_in: CheckIn, now: datetime, over: bool) -> Silence:
    """What is not said in it; before a check-in is closed, `misses` and `lasted` are of those before it."""
    active = chart.active
    heard_at = check_in.answered_at or chart.answered_at or (active.enrolled_at if active else now)
    return Silence(
        misses=chart.misses,
        lasted=now - heard_at,
        unanswered=prompts.waiting(chart, check_in, now),
        paused=timedelta() if check_in.answered_at is None else now - check_in.answered_at,
        over=over,
    )
