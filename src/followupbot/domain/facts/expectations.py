"""What clinicians say of a finding that is old, or was to be expected."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from followupbot.domain.alert_state import Expectation, Flag
from followupbot.domain.ids import AlertId, QuestionId, RuleId, StaffId


@dataclass(frozen=True)
class BaselineConfirmed:
    """A clinician has spoken to the patient: what these items tell of was there before, and is unchanged (0.2)."""

    at: datetime
    alert: AlertId
    by: StaffId
    items: tuple[QuestionId, ...]
    kind: Literal["baseline_confirmed"] = "baseline_confirmed"


@dataclass(frozen=True)
class FindingsExpected:
    """Findings like those of that alert are told to nobody for a while.

    Older ones say at `review_at` when the lead was to hear of them; that comes with the digest now.
    """

    at: datetime
    alert: AlertId
    expected: tuple[Expectation, ...]
    review_at: datetime | None = None
    kind: Literal["findings_expected"] = "findings_expected"


@dataclass(frozen=True)
class ExpectedFlagRecorded:
    """A flag that was expected: it is kept, and nobody is told."""

    at: datetime
    flag: Flag
    kind: Literal["expected_flag_recorded"] = "expected_flag_recorded"


@dataclass(frozen=True)
class ExpectationsReviewed:
    """The lead was told what is expected, and would be again. Older chains have it; nothing makes it any more."""

    at: datetime
    review_at: datetime
    kind: Literal["expectations_reviewed"] = "expectations_reviewed"


@dataclass(frozen=True)
class ExpectationEnded:
    """What these rules find is told again. `by` is who wanted that; None: its time was over, or it came otherwise."""

    at: datetime
    rules: tuple[RuleId, ...]
    by: StaffId | None
    kind: Literal["expectation_ended"] = "expectation_ended"


ExpectationFact = BaselineConfirmed | FindingsExpected | ExpectedFlagRecorded | ExpectationsReviewed | ExpectationEnded
