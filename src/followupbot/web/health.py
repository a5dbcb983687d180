"""`/healthz` and `/readyz`: whether somebody's message would arrive now. Ages and counts only, no ids."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

STALE_AFTER_MS = 180_000
"""A part that has not done its work for so long has stopped (reliability.md 7, promise 8: alarm within 3 minutes)."""


@dataclass(frozen=True)
class Health:
    """How each part is doing: `age_ms` by part, since it last did its work; `problems` names what is wrong."""

    age_ms: Mapping[str, int]
    problems: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether everything is."""
        return not self.problems


def judge(age_ms: Mapping[str, int], problems: tuple[str, ...] = ()) -> Health:
    """The health, with each part that has stopped named among the problems."""
    stopped = tuple(f"{part} has stopped" for part, age in age_ms.items() if age > STALE_AFTER_MS)
    return Health(dict(age_ms), (*problems, *stopped))


def pages(look: Callable[[], Health]) -> Starlette:
    """The application; `look` is asked anew at each request and must be quick."""

    async def healthz(_: Request) -> JSONResponse:
        health = look()
        return JSONResponse({"well": health.well, **asdict(health)}, status_code=200 if health.well else 503)

    async def readyz(_: Request) -> JSONResponse:
        return JSONResponse({"ready": True})

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz)])
