"""The log of every Bot API call: what came in, what was answered, and whether it took effect."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from followupbot.practice.limits import CALLS_KEPT_MAX
from followupbot.practice.refusals import Json


@dataclass(frozen=True)
class Call:
    """One call that is over. `status` is None where no answer was sent; `accepted` says whether it took effect."""

    n: int
    at: float
    method: str
    params: Json
    status: int | None
    accepted: bool
    result: Any = None
    description: str | None = None
    parameters: Json | None = None
    fault: str | None = None

    def to_json(self) -> Json:
        """The call as the log shows it: with a result when it took effect, with a description when it was refused."""
        shape: Json = {
            "n": self.n,
            "at": self.at,
            "method": self.method,
            "params": self.params,
            "status": self.status,
            "accepted": self.accepted,
            "fault": self.fault,
        }
        if self.accepted:
            shape["result"] = self.result
        if self.description is not None:
            shape["description"] = self.description
        if self.parameters:
            shape["parameters"] = self.parameters
        return shape


@dataclass
class CallLog:
    """Calls in the order in which they ended, numbered from 1; the oldest leave when there are too many."""

    _calls: deque[Call] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT_MAX))
    _counted: int = 0

    def add(
        self,
        *,
        at: float,
        method: str,
        params: Json,
        status: int | None,
        accepted: bool,
        result: Any = None,
        description: str | None = None,
        parameters: Json | None = None,
        fault: str | None = None,
    ) -> Call:
        """The call stands at the end of the log."""
        self._counted += 1
        call = Call(self._counted, at, method, params, status, accepted, result, description, parameters, fault)
        self._calls.append(call)
        return call

    def since(self, n: int = 0) -> list[Json]:
        """The calls after number `n`."""
        oldest = self._counted - len(self._calls)
        skip = max(0, n - oldest)
        return [self._calls[i].to_json() for i in range(skip, len(self._calls))]
