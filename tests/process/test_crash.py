"""Kill -9 while an alert is on its way: it reaches the clinician within half a minute all the same."""

import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from followupbot.storage.engine import Database
from followupbot.storage.tables import outbox
from tests.process.harness import BRISK, Clinic, emergency
from tests.process.telegram import until

pytestmark = pytest.mark.fault

LONG = pytest.mark.long
POSTGRES = pytest.mark.postgres

WITHIN = 30.0


@pytest.mark.parametrize(
    ("engine_name", "how", "arrived"),
    [
        pytest.param("sqlite", "started anew", False),
        pytest.param("sqlite", "started anew", True, marks=LONG),
        pytest.param("postgresql", "started anew", False, marks=[POSTGRES, LONG]),
        pytest.param("postgresql", "standing by", False, marks=POSTGRES),
    ],
)
def test_an_alert_across_a_crash_in_mid_send(
    clinic: Clinic, engine_name: str, how: str, arrived: bool, record_property: Callable[[str, object], None]
) -> None:
    """Whether or not Telegram had taken it; where it had, it comes a second time, and no third."""
    program = clinic.run(script=BRISK).ready()
    ito = clinic.staff_joins("Dr Ito")
    maria = clinic.goes_to_gate("Maria")
    if how == "standing by":
        clinic.run().ready()
    clinic.telegram.fault("sendMessage", "hang_after" if arrived else "hang", chat=ito.id, seconds=60)
    maria.press(emergency)
    until(lambda: in_hand(clinic, ito.id), "the page to be under way")
    time.sleep(0.2)  # from the claim to the call
    program.kill()
    killed = time.monotonic()
    clinic.telegram.mend()
    if how == "started anew":
        clinic.run()
    page = clinic.codes["Maria"]
    until(lambda: ito.count(page) > arrived, "the clinician to be paged", within=WITHIN)
    record_property(
        "figures",
        {
            "alert across a crash": engine_name,
            "the sender is": how,
            "it had arrived": arrived,
            "seconds from kill to page": round(time.monotonic() - killed, 1),
        },
    )
    time.sleep(1.5)  # in which a third would come
    assert ito.count(page) == 1 + arrived


def in_hand(clinic: Clinic, _: int) -> bool:
    """Whether a page to a clinician is being sent."""
    database = Database(clinic.settings().database)
    query = sa.select(sa.func.count()).where(outbox.c.state == "sending", outbox.c.staff.is_not(None))
    with database.read() as connection:
        found = connection.scalar(query)
    database.close()
    return bool(found)
