"""What one message is given and must show, and samples of it, so that every message can be tried."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from followupbot.domain.params import Param
from followupbot.rendering.param_kinds import CONCERN, INSTANT, NAME, REASON_OR_NONE, ParamKind

NOTICE_LENGTH_MAX = 200
"""Telegram's limit for the line above the chat."""

BRANCHES_MAX = 5
"""Of what a template may branch on, every combination of so many is tried."""

EMERGENCY_NUMBER = "clinic.emergency_number"
CRISIS_LINE = "clinic.crisis_line"

ABROAD = "112"
"""Each card names it: patients travel (clinical.md 0.16)."""


@dataclass(frozen=True)
class Contract:
    """What one message, or every message of a folder, is given and must show.

    `shows` names what every rendering must contain where the clinic has it, `opens` which of these its first line must
    contain, `says` words that it must contain in every language. `buttons` are those that it must have; None: a
    protocol says which, or the languages that there are. `plain`: one line of at most 200 letters without mark-up;
    `pressed`: it stands on a button. `sourced`: it says where its facts come from.
    """

    params: Mapping[str, ParamKind] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    buttons: tuple[str, ...] | None = ()
    plain: bool = False
    pressed: bool = False
    sourced: bool = False
    says: tuple[str, ...] = ()
    opens: str | None = None

    def samples(self) -> Iterator[dict[str, Param]]:
        """Parameters to try it with: every combination of what a template may branch on, and each sample.

        The samples all come where everything is there and where nothing is, and in turn in between: each with each
        combination would be hundreds for one message, and `check` is to take no longer than two seconds.
        """
        rows = max((len(kind.samples) for kind in self.params.values()), default=1)
        for turn, choices in enumerate(_choices([name for name, kind in self.params.items() if _branches(kind)])):
            mixed = len({*choices.values()}) > 1
            for row in (turn % rows,) if mixed else range(rows):
                chosen: dict[str, Param] = {}
                for name, kind in self.params.items():
                    samples = kind.samples
                    if name in choices:
                        samples = samples[1:] if choices[name] else samples[:1]
                        if mixed and choices[name]:  # a no, or a 0, is tried where all is there
                            samples = tuple(sample for sample in samples if sample) or samples
                    chosen[name] = samples[row % len(samples)]
                yield chosen


def _branches(kind: ParamKind) -> bool:
    """Whether a template is likely to choose by it: it may be none, or it is true or false."""
    return kind.samples[0] is None or isinstance(kind.samples[0], bool)


def _choices(names: Sequence[str]) -> Iterator[Mapping[str, bool]]:
    """Every combination; of many names all, none, and each one alone on either side, or `check` would take for ever."""
    if len(names) <= BRANCHES_MAX:
        yield from (dict(zip(names, chosen, strict=True)) for chosen in product((False, True), repeat=len(names)))
        return
    for there in (False, True):
        yield dict.fromkeys(names, there)
        for name in names:
            yield {**dict.fromkeys(names, there), name: not there}


NOTICE = Contract(plain=True)
REPLY = Contract()
WORD = Contract(plain=True)
BUTTON = Contract(plain=True, pressed=True)
EXPECTATION = Contract(
    {
        "concern": CONCERN,
        "reason": REASON_OR_NONE,
        "until": INSTANT,
        "by": NAME,
        "held": ParamKind("how often it was held back", (0, 1, 5)),
    },
    shows=("by",),
)
"""What several messages have in common."""
