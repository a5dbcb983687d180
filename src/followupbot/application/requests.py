"""What a patient can ask for at any time, by a slash command or by a button that does the same."""

from collections.abc import Callable
from datetime import datetime

from followupbot.application import wishes
from followupbot.application.ports import Charts
from followupbot.domain import enrolment, manual, pauses
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Cause, Decision
from followupbot.domain.enrolment_state import AskedFor
from followupbot.domain.ids import PatientId


def stop(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """The patient hears nothing any more that we start."""
    return charts.transact(patient, cause, lambda chart: enrolment.leave(chart, now))


def pause(charts: Charts, patient: PatientId, argument: str, cause: Cause, now: datetime) -> Decision:
    """The same until a day; without one it is asked for how long."""
    return _wished(charts, patient, "pause", argument, cause, now)


def resume(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """We write to the patient again."""
    return _of_who_takes_part(charts, patient, cause, now, lambda chart: pauses.resume(chart, now))


def change_time(charts: Charts, patient: PatientId, argument: str, cause: Cause, now: datetime) -> Decision:
    """The patient is asked at another hour; without one it is asked at which."""
    return _wished(charts, patient, "hour", argument, cause, now)


def change_zone(charts: Charts, patient: PatientId, argument: str, cause: Cause, now: datetime) -> Decision:
    """The patient lives, or with a day is up to then, elsewhere; what is no zone's name is helped with."""
    return _wished(charts, patient, "zone", argument, cause, now)


def change_language(charts: Charts, patient: PatientId, argument: str, cause: Cause, now: datetime) -> Decision:
    """The patient is written to in another language; without one it is asked in which."""
    return _wished(charts, patient, "language", argument, cause, now)


def delete(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """Staff have a request to delete what is kept, and the patient hears nothing any more that we start."""
    return charts.transact(patient, cause, lambda chart: pauses.request_deletion(chart, now))


def explain_privacy(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """The patient knows what is kept, where, and what they can ask for."""
    return charts.transact(patient, cause, lambda chart: manual.privacy(chart, now))


def explain(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """The patient knows what they can do here, and whom to call."""
    return charts.transact(patient, cause, lambda chart: manual.help_(chart, now))


def misspell(charts: Charts, patient: PatientId, cause: Cause, now: datetime) -> Decision:
    """The patient sent a command that there is not, and knows where to find those that there are."""
    return charts.transact(patient, cause, lambda chart: manual.unknown_command(chart, now))


def _wished(charts: Charts, patient: PatientId, what: AskedFor, argument: str, cause: Cause, now: datetime) -> Decision:
    def decide(chart: Chart) -> Decision:
        return wishes.carry_out(chart, what, argument, now) if argument else wishes.ask(chart, what, now)

    return _of_who_takes_part(charts, patient, cause, now, decide)


def _of_who_takes_part(
    charts: Charts, patient: PatientId, cause: Cause, now: datetime, decide: Callable[[Chart], Decision]
) -> Decision:
    """Whoever is still on the way in goes on with that first."""
    return charts.transact(patient, cause, lambda chart: decide(chart) if chart.active else enrolment.wait(chart, now))
