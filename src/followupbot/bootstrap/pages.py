"""The pages' part: health endpoints on the clinic's own port."""

import asyncio

import structlog

from followupbot.bootstrap import serving
from followupbot.bootstrap.watch import watch
from followupbot.bootstrap.workplace import Part, Workplace
from followupbot.web import health

log = structlog.get_logger(__name__)

WATCH_SECONDS = 5.0
"""How often the pages look whether the database answers, and whether staff can be reached."""

NOT_LOOKED = "nothing has been looked at yet: the program has just started"
"""Until the first look has ended nobody knows that all is well, so nobody says so."""


class Pages:
    """What this process shows of itself, with the parts that work in it."""

    def __init__(self, workplace: Workplace, parts: frozenset[Part]) -> None:
        self._workplace = workplace
        self._parts = parts
        self._troubles: tuple[str, ...] = (NOT_LOOKED,)

    async def run(self) -> None:
        """They are served until the stop; a port that is taken ends the program with a clear word.

        What goes wrong in watching is raised: pages that show for ever what was last seen would be a lie.
        """
        settings = self._workplace.house.settings
        try:
            listening = serving.listen(settings.web_host, settings.web_port)
        except OSError as error:
            self._workplace.problem = (
                f"The pages can't listen on {settings.web_host}:{settings.web_port}: {error.strerror}. "
                "Set FOLLOWUPBOT_WEB_PORT to a free port."
            )
            return
        server = serving.server(health.pages(self._look))
        served = asyncio.create_task(server.serve(sockets=[listening]))
        log.info("pages", address="http://{}:{}".format(*listening.getsockname()[:2]))
        watching = asyncio.create_task(self._watch())
        stopping = asyncio.create_task(self._workplace.stop.wait())
        ended, _ = await asyncio.wait((watching, stopping), return_when=asyncio.FIRST_COMPLETED)
        watching.cancel()
        stopping.cancel()
        server.should_exit = True
        await served
        if watching in ended:
            await watching

    async def _watch(self) -> None:
        while True:
            self._troubles = await watch(self._workplace.house, self._workplace.writer)
            await asyncio.sleep(WATCH_SECONDS)

    def _look(self) -> health.Health:
        """How each part is doing; nothing here asks the database, which may be what is away."""
        ages = {part.value: self._workplace.age_ms(part) for part in sorted(self._parts - {Part.WEB})}
        return health.judge(ages, (*self._troubles, *self._workplace.audited))
