"""What a patient can do at any time: say that something has changed, ask for help, read."""

from datetime import datetime
from typing import assert_never

from followupbot.application.ports import Charts
from followupbot.domain import crisis, enrolment, help, lessons, unscheduled
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Cause, Decision
from followupbot.domain.ids import MessageId, PatientId
from followupbot.domain.presses import AnytimePress, CheckNowPress, CrisisPress, HelpPress, TopicPress


def press(charts: Charts, pressed: AnytimePress, message: MessageId, cause: Cause, now: datetime) -> Decision:
    """A button that stands below many messages was pressed."""

    def decide(chart: Chart) -> Decision:
        match pressed:
            case HelpPress():
                return help.answer(chart, pressed.alert, pressed.getting, pressed.card, message, now)
            case CrisisPress():
                return crisis.press(chart, pressed.card, now)
            case CheckNowPress():
                return unscheduled.check_now(chart, now)
            case TopicPress():
                return lessons.show(chart, pressed.topic, pressed.sources, now)
            case _:
                assert_never(pressed)

    return charts.transact(pressed.patient, cause, decide)


def urgent(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """The patient knows what to do now and whom to call, and is asked about every red flag."""
    return charts.transact(patient, cause, lambda chart: unscheduled.urgent(chart, now))


def report(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """The patient tells how things are, although no check-in is due."""
    return charts.transact(patient, cause, lambda chart: unscheduled.report(chart, now) or enrolment.wait(chart, now))


def learn(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """The patient can choose what to read."""
    return charts.transact(patient, cause, lambda chart: lessons.topics(chart, now))
