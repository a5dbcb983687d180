"""How made-up patients are: how they get on after the operation, and what they press when they are asked."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from followupbot.domain.presses import AnswerPress
from followupbot.domain.replies import NEW, NONE_OF_THESE

SCALE_MIN = 6
"""With more numbers than this among the buttons it is a scale, and not a choice."""


CALM = ("same", "no", "none", "never", "not_at_all", "neither", "no_need", "easy")
"""What somebody answers to whom nothing has happened; where none of these is a button, the first that there is."""

WORSE = "worse"

DONE = re.compile(r"d[0-9]+")
"""What says, below a choice of several, that it is made (`questions.Multiple`)."""


@dataclass(frozen=True)
class Character:
    """How somebody is. Pain is on the scale of 0 to 10, years count from the operation."""

    name: str
    pain_first: float
    pain_yearly: float
    """How much is added each year; less than nothing where it gets better."""
    pain_least: float = 0.5
    noise: float = 0.8
    """From day to day, as a standard deviation."""
    answers: float = 0.95
    """Of check-ins."""
    says_worse: float = 0.0
    """Of questions that have it among their answers."""
    red: float = 0.0
    """Of gate screens: something on it is new."""

    def pain(self, years: float, chance: random.Random) -> int:
        """What they would say today."""
        level = max(self.pain_least, self.pain_first + self.pain_yearly * years)
        return max(0, min(10, round(chance.gauss(level, self.noise))))

    def choose(self, answers: Sequence[AnswerPress], years: float, chance: random.Random) -> AnswerPress:
        """The button that they press of these."""
        by_value = {press.value: press for press in answers}
        if NONE_OF_THESE in by_value and any(press.value == NEW for press in answers):
            if chance.random() < self.red:
                return chance.choice([press for press in answers if press.value == NEW])
            return by_value[NONE_OF_THESE]
        scale = [press for press in answers if press.value.isdecimal()]
        if len(scale) > SCALE_MIN:
            return by_value.get(str(self.pain(years, chance)), scale[0])
        if WORSE in by_value and chance.random() < self.says_worse:
            return by_value[WORSE]
        done = next((press for press in answers if DONE.fullmatch(press.value)), None)
        if done is not None:
            return done
        calm = next((by_value[value] for value in CALM if value in by_value), None)
        return calm or next((press for press in answers if press.card is None), answers[0])


RECOVERING = Character("recovering", 5, -0.9)
STEADY = Character("steady", 2, 0)
DRIFTING = Character("drifting", 1.5, 0.8, says_worse=0.4)
SILENT = Character("silent", 3, 0, answers=0.1)
RED = Character("about to have a red flag", 2, 0, red=1)
