"""What a patient can ask for at any time, by a slash command or by a button that does the same."""

from collections.abc import Callable
from datetime import datetime

from followupbot.application import arguments
from followupbot.application.ports import Charts
from followupbot.domain import enrolment, manual, pauses, preferences, screens
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Cause, Decision
from followupbot.domain.ids import Language, PatientId
from followupbot.domain.schedule import local


def stop(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """The patient hears nothing any more that we start."""
    return charts.transact(patient, cause, lambda chart: enrolment.leave(chart, now))


def pause(charts: Charts, patient: PatientId, argument: str, cause: Cause, now: datetime) -> Decision:
    """The same until a day; without one it is asked for how long."""

    def decide(chart: Chart) -> Decision:
        today = local(now, chart.enrolled.plan.zone).date()
        until = arguments.read_until(argument, today)
        if until is None:
            return pauses.ask_how_long(chart, refused=bool(argument), now=now)
        return pauses.pause(chart, until, now)

    return _of_who_takes_part(charts, patient, cause, now, decide)


def resume(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """We write to the patient again."""
    return _of_who_takes_part(charts, patient, cause, now, lambda chart: pauses.resume(chart, now))


def change_time(charts: Charts, patient: PatientId, argument: str, cause: Cause, now: datetime) -> Decision:
    """The patient is asked at another hour; without one it is asked at which."""

    def decide(chart: Chart) -> Decision:
        ask_at = arguments.read_time(argument)
        if ask_at is None:
            return preferences.ask_time(chart, refused=bool(argument), now=now)
        return preferences.set_time(chart, ask_at, now)

    return _of_who_takes_part(charts, patient, cause, now, decide)


def change_zone(charts: Charts, patient: PatientId, argument: str, cause: Cause, now: datetime) -> Decision:
    """The patient lives, or with a day is up to then, elsewhere; what is no zone's name is helped with."""

    def decide(chart: Chart) -> Decision:
        if not argument:
            return preferences.ask_zone(chart, refused=False, now=now)
        place = arguments.read_place(argument, chart.clinic.published.languages)
        if place.zone is None:
            return preferences.offer_zones(chart, place.near, now)
        last_day = arguments.read_day(argument)
        if last_day is None:
            return preferences.set_zone(chart, place.zone, now)
        return preferences.travel(chart, place.zone, last_day, now)

    return _of_who_takes_part(charts, patient, cause, now, decide)


def change_language(charts: Charts, patient: PatientId, argument: str, cause: Cause, now: datetime) -> Decision:
    """The patient is written to in another language; without one it is asked in which."""

    def decide(chart: Chart) -> Decision:
        language = Language(argument.lower())
        if language in screens.languages(chart):
            return preferences.set_language(chart, language, now)
        return preferences.ask_language(chart, now)

    return _of_who_takes_part(charts, patient, cause, now, decide)


def delete(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """Staff have a request to delete what is kept, and the patient hears nothing any more that we start."""
    return _of_who_takes_part(charts, patient, cause, now, lambda chart: pauses.request_deletion(chart, now))


def explain_privacy(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """The patient knows what is kept, where, and what they can ask for."""
    return charts.transact(patient, cause, lambda chart: manual.privacy(chart, now))


def explain(charts: Charts, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """The patient knows what they can do here, and whom to call."""
    return charts.transact(patient, cause, lambda chart: manual.help_(chart, now))


def misspell(charts: Charts, patient: PatientId, cause: Cause, now: datetime) -> Decision:
    """The patient sent a command that there is not, and knows where to find those that there are."""
    return charts.transact(patient, cause, lambda chart: manual.unknown_command(chart, now))


def _of_who_takes_part(
    charts: Charts, patient: PatientId, cause: Cause, now: datetime, decide: Callable[[Chart], Decision]
) -> Decision:
    """Whoever is still on the way in goes on with that first."""
    return charts.transact(patient, cause, lambda chart: decide(chart) if chart.active else enrolment.wait(chart, now))
