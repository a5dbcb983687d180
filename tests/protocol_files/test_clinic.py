"""`clinic.yaml` is read into the domain's settings; the one that ships works as it is."""

from datetime import date, time

import pytest

from followupbot.domain.clinic import AlertDetail, ClinicSettings, Crisis, OpeningHours, Role
from followupbot.domain.ids import Language, ProtocolKey
from followupbot.protocol_files.clinic import read_clinic
from followupbot.protocol_files.reading import Reading
from followupbot.protocol_files.sources import shipped
from tests.protocol_files.examples import CLINIC, Mistake, mistakes

LUMBAR_FUSION = ProtocolKey("lumbar_fusion")
NINE_TO_FIVE = (time(9), time(17))


def test_a_clinics_file_is_read_into_settings() -> None:
    """Phone numbers keep their zeros, whatever YAML thinks of them."""
    assert read_clinic(Reading("clinic.yaml", CLINIC.encode())) == ClinicSettings(
        name="Hillside",
        hours=OpeningHours(
            "Europe/Madrid", {0: NINE_TO_FIVE, 4: (time(9), time(13, 30))}, frozenset((date(2026, 12, 25),))
        ),
        ladder=(Role.CLINICIAN, Role.LEAD),
        language=Language("en"),
        phone="0300 123",
        emergency_number="112",
        alert_detail=AlertDetail.CODE,
        protocols=(LUMBAR_FUSION,),
    )


def test_the_file_that_ships_works_as_it_is_and_invents_no_number() -> None:
    """Nobody is sent to a number that is not theirs (clinical.md 0.16)."""
    template = shipped("clinic.yaml")
    assert template is not None
    assert read_clinic(Reading("clinic.yaml", template.read_bytes())) == ClinicSettings(
        name="Your spine clinic",
        hours=OpeningHours("Europe/London", dict.fromkeys(range(5), NINE_TO_FIVE)),
        ladder=(Role.CLINICIAN, Role.LEAD),
        language=Language("en"),
        phone=None,
        emergency_number=None,
        alert_detail=AlertDetail.CONCERN,
        protocols=(LUMBAR_FUSION,),
        crisis=Crisis(),
    )


@pytest.mark.parametrize("mistake", mistakes("broken_clinics.txt"), ids=str)
def test_a_mistake_is_reported_once_where_it_stands(mistake: Mistake) -> None:
    """Line, column, what was expected, and what was probably meant."""
    reading = Reading("clinic.yaml", mistake.made_in(CLINIC))
    read_clinic(reading)
    assert [str(problem).removeprefix("clinic.yaml:") for problem in sorted(reading.problems)] == list(mistake.expected)
