"""What `/healthz` knows besides the ages of the parts: whether the database answers, and whether staff can be told."""

from followupbot.application.ports import StorageUnavailable, Writer
from followupbot.bootstrap import quarantine
from followupbot.bootstrap.house import House
from followupbot.domain.clinic import Clinic, Role
from followupbot.storage.queries import Queries

DATABASE_AWAY = "the database can't be used"
OPERATOR_UNTOLD = "there are notices for the operator, and no admin can be reached"
ALERTS_UNHEARD = "there are alerts without an outcome, and nobody can be paged"


async def watch(house: House, writer: Writer) -> tuple[str, ...]:
    """What is wrong now; nothing where nothing is."""

    def look() -> tuple[str, ...]:
        found = troubles(house.store.clinic(), bool(Queries(house.database).alerts_unresolved()))
        return (quarantine.WORDS, *found) if quarantine.is_on(house) else found

    try:
        return await writer(look)
    except StorageUnavailable:
        return (DATABASE_AWAY,)


def troubles(clinic: Clinic, alerts: bool) -> tuple[str, ...]:
    """What waits for people whom nothing reaches. With no admin this is all that is left to tell them (design.md)."""
    found = []
    admins = clinic.reachable(Role.ADMIN)
    if clinic.notices and not admins:
        found.append(OPERATOR_UNTOLD)
    if alerts and not admins and not any(clinic.reachable(role) for role in clinic.settings.ladder):
        found.append(ALERTS_UNHEARD)
    return tuple(found)
