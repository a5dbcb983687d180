"""A care protocol on a stage: vignettes are played, and what comes of each is what a clinician expects, or is not."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from functools import cached_property

from followupbot.checking.cast import DOCTOR, PATIENT, VERSION, ZONE, language_of
from followupbot.checking.histories import Outcome, Vignette, Vignettes
from followupbot.checking.play import Moment, Play
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, ClinicSettings, OpeningHours, Programme, Role

NOTHING = "none"


class Stage:
    """One care protocol, and the vignettes that are played on it."""

    def __init__(self, vignettes: Vignettes, protocol: CareProtocol) -> None:
        self._vignettes = vignettes
        self._protocol = protocol
        settings = ClinicSettings(
            "Clinic",
            OpeningHours(ZONE, {weekday: (time(8), time(18)) for weekday in range(7)}),
            (Role.CLINICIAN,),
            language_of(protocol),
        )
        programme = Programme(VERSION, {protocol.key: protocol}, settings, (language_of(protocol),))
        clinic = Clinic(1, (DOCTOR,), VERSION, programme=programme)
        chart = Chart(PATIENT, clinic=clinic, programmes={VERSION: programme})
        self._beginning = Moment(chart, datetime.min.replace(tzinfo=UTC))

    def faults(self, vignette: Vignette) -> tuple[str, ...]:
        """In what it comes out otherwise; nothing where it comes out as it is written."""
        found = self.play(vignette)
        if found.faults:
            return tuple(found.faults)  # what comes of a story that did not go as it is told says nothing
        expected = vignette.gives
        faults = list(_differences("tier", expected.tier, found.tier))
        faults += _differences("rules", sorted(expected.rules), sorted(found.rules))
        faults += _differences("card", expected.card, found.card)
        faults += _differences("alert", expected.alert, found.alert)
        faults += _differences("education", expected.education, found.education)
        faults += _differences("recheck", list(expected.recheck), list(found.recheck))
        for score, value in expected.scores.items():
            faults += _differences(score, value, found.scores.get(score))
        faults += [f"{question} is asked" for question in expected.not_asked if question in found.asked]
        return tuple(faults)

    def play(self, vignette: Vignette) -> Outcome:
        """What comes of it."""
        beginning, faults = self._background if vignette.background else (self._beginning, ())
        play = Play(self._protocol, self._vignettes, beginning)
        for occasion in vignette.occasions:
            faults += play.occasion(occasion)
        return play.outcome(faults)

    @cached_property
    def _background(self) -> tuple[Moment, tuple[str, ...]]:
        """Where the file's background leads, and what goes otherwise in it: for each vignette that has it the same."""
        play = Play(self._protocol, self._vignettes, self._beginning)
        faults = [fault for occasion in self._vignettes.background for fault in play.occasion(occasion)]
        return play.moment, tuple(faults)


def _differences(what: str, expected: object, found: object) -> Iterable[str]:
    if expected == found:
        return ()
    return (f"{what}: expected {_shown(expected)}, comes out as {_shown(found)}",)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or NOTHING
    return NOTHING if value is None else str(value)
