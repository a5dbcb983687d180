"""Links that were tried: counted where a restart does not forget them, and with nothing of any patient."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.ids import ChatId
from followupbot.storage.engine import Database
from followupbot.storage.tables import link_tries


def admit(
    database: Database,
    connection: Connection,
    cause: str,
    chat: ChatId,
    now: datetime,
    within: timedelta,
    chat_max: int,
    all_max: int,
) -> bool:
    """Whether this try is among so many of the chat, and of all, in that time; one that is not is not counted either.

    The same cause is one try, however often it comes. What is older than `within` is forgotten on the way.
    """
    connection.execute(link_tries.delete().where(link_tries.c.at <= now - within))
    if connection.scalar(sa.select(link_tries.c.cause).where(link_tries.c.cause == cause)) is not None:
        return True
    every = sa.func.count().label("every")
    own = sa.func.count().filter(link_tries.c.chat == chat).label("own")
    counted = connection.execute(sa.select(every, own)).one()
    if counted.every >= all_max or counted.own >= chat_max:
        return False
    row = {"cause": cause, "chat": chat, "at": now}
    connection.execute(database.insert_unless_there(link_tries), row)
    return True
