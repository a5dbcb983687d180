"""What staff do on the telephone: take in a patient without a chat, and put the questions to one who is called."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from followupbot.application import admins, policy
from followupbot.application.policy import Action
from followupbot.application.ports import Store
from followupbot.domain import calls
from followupbot.domain.chart import Chart
from followupbot.domain.decision import ByShell, ByStaff, Cause, Decision
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.ids import PatientId


class NotAllowed(Exception):
    """Whoever wanted it may not; that they tried is in the access log."""


def name_of(by: ByShell | ByStaff) -> str:
    """Who it was, as facts have it."""
    return f"staff:{by.staff}" if isinstance(by, ByStaff) else f"shell:{by.user}"


def add_patient(store: Store, plan: Plan, by: ByShell | ByStaff, now: datetime) -> PatientId:
    """A new patient without a chat takes part, whose consent `by` has heard. NotAllowed where `by` may not take it."""
    cause = admins.a_call(by)
    if not policy.allowed(by, Action.INVITE_PATIENT, store.clinic()):
        store.record_refusal(cause, Action.INVITE_PATIENT, "by_phone", now)
        raise NotAllowed
    return admins.draw_code(
        store, by, lambda chart: Decision() if chart.enrolment else calls.add(chart, plan, name_of(by), now)
    )


@dataclass(frozen=True)
class Line:
    """One call. As `Charts` it keeps what is decided as entered by staff, and hands it back whole, to be read out."""

    store: Store
    by: ByShell | ByStaff
    now: Callable[[], datetime]

    def transact(self, patient: PatientId, cause: Cause, decide: Callable[[Chart], Decision]) -> Decision:
        """Let the core decide about one patient, and keep what it decided, or nothing."""
        heard = Decision()

        def entered(chart: Chart) -> Decision:
            nonlocal heard
            heard = decide(chart)
            return calls.enter(chart, heard, name_of(self.by))

        self.store.transact(patient, cause, entered)
        return heard

    def cause(self) -> Cause:
        """A cause of its own for each thing that is said."""
        return admins.a_call(self.by)


def ring(store: Store, patient: PatientId, by: ByShell | ByStaff, now: Callable[[], datetime]) -> Line:
    """The line to that patient; who called is in the access log. NotAllowed where `by` may not answer for patients."""
    cause = admins.a_call(by)
    if not policy.allowed(by, Action.ANSWER_FOR, store.clinic(), patient):
        store.record_refusal(cause, Action.ANSWER_FOR, patient, now())
        raise NotAllowed
    store.record_view(cause, Action.ANSWER_FOR, patient, now())
    return Line(store, by, now)


def go_on(line: Line, patient: PatientId) -> Decision:
    """What stands open with that patient is put again; nothing where nothing does."""
    now = line.now()
    return line.transact(patient, line.cause(), lambda chart: calls.go_on(chart, now))
