"""Wake-ups between processes that share one PostgreSQL: LISTEN and NOTIFY.

They come with the commit, within a millisecond, and may be lost with a connection: whoever waits for one looks by
itself from time to time, too.
"""

from collections.abc import Callable

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url

from followupbot.domain.decision import StorageUnavailable
from followupbot.storage.engine import CONNECT_TIMEOUT_S, process_name

OUTBOX = "followupbot_outbox"
"""The channel on which it is told that something new waits to be sent."""


def notify(connection: Connection) -> None:
    """Whoever listens is woken when this transaction commits. On SQLite nobody else can be there to be woken."""
    if connection.dialect.name != "sqlite":
        connection.execute(sa.select(sa.func.pg_notify(OUTBOX, "")))


async def listen(url: str, wake: Callable[[], None]) -> None:
    """Call `wake` at once, and at each wake-up from now on. Ends by `StorageUnavailable`, without a connection."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await psycopg.AsyncConnection.connect(
            address, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S, application_name=process_name()
        )
        async with connection:
            await connection.execute(f"LISTEN {OUTBOX}")
            wake()
            async for _ in connection.notifies():
                wake()
    except psycopg.Error as error:
        raise StorageUnavailable(str(error).partition("\n")[0]) from error
