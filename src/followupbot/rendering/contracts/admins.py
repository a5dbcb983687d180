"""What an admin does: staff, invitations, status, a patient's schedule."""

from followupbot.domain.plan_changes import PROBLEMS
from followupbot.domain.staff_manual import INVITE_PROBLEMS, STAFF_STATES
from followupbot.rendering.contracts.terms import REPLY, WORD, Contract
from followupbot.rendering.param_kinds import (
    CODE,
    COUNT,
    COUNT_OR_ZERO,
    DAY_OR_NONE,
    INSTANT,
    INVITE_PROBLEM,
    LINES,
    LINES_OR_NONE,
    NAME,
    ROLE,
    SCHEDULE_PROBLEM,
    SHORT_TEXT,
    SHORT_TEXT_OR_NONE,
    STAFF_STATE,
    STANDING,
    TRUTH,
)

CONTRACTS: dict[str, Contract] = {
    "staff/admin/invite_how": REPLY,
    "staff/admin/invite_problem": Contract({"problem": INVITE_PROBLEM}, shows=("problem",)),
    **{f"staff/admin/invite_problems/{problem}": WORD for problem in INVITE_PROBLEMS},
    "staff/admin/invited_patient": Contract(
        {"code": CODE, "link": SHORT_TEXT, "until": INSTANT}, shows=("code", "link")
    ),
    "staff/admin/invited_staff": Contract(
        {"name": NAME, "role": ROLE, "link": SHORT_TEXT, "until": INSTANT}, shows=("name", "link")
    ),
    "staff/admin/staff": Contract({"lines": LINES}),
    "staff/admin/staff_line": Contract(
        {"name": NAME, "role": ROLE, "state": STAFF_STATE, "verified": DAY_OR_NONE}, shows=("name", "state")
    ),
    "staff/admin/group_line": Contract({"role": ROLE, "verified": DAY_OR_NONE}, shows=("role",)),
    **{f"staff/admin/states/{state}": WORD for state in STAFF_STATES},
    "staff/admin/removed": Contract({"name": NAME}, shows=("name",)),
    "staff/admin/nobody_called": REPLY,
    "staff/admin/status": Contract(
        {
            "lines": LINES,
            "alerts": COUNT_OR_ZERO,
            "late": COUNT_OR_ZERO,
            "lists": COUNT_OR_ZERO,
            "rota": LINES_OR_NONE,
            "unapproved": SHORT_TEXT_OR_NONE,
        }
    ),
    "staff/admin/status_line": Contract({"standing": STANDING, "count": COUNT}, shows=("standing", "count")),
    "staff/schedule_how": REPLY,
    "staff/schedule_line": Contract({"at": INSTANT, "questions": COUNT, "new": TRUTH, "gone": TRUTH}),
    "staff/schedule_problem": Contract({"code": CODE, "why": SCHEDULE_PROBLEM}, shows=("code", "why")),
    **{f"staff/schedule_problems/{problem}": WORD for problem in PROBLEMS},
}
