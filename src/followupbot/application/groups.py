"""Groups of staff: bound to a step of the ladder, paged with it, moved, and lost."""

from datetime import datetime

from followupbot.application import policy
from followupbot.application.policy import Action
from followupbot.application.ports import Outbox, Store
from followupbot.domain import rota, staff
from followupbot.domain.clinic import Clinic
from followupbot.domain.decision import ByStaff, ByStranger, Cause, Decision
from followupbot.domain.ids import ChatId, StaffId

BIND = "bind"
UNBIND = "unbind"

BIND_LINK = f"{BIND}_"
"""How the payload of a link begins that puts the bot into a group and binds it: `bind_clinician`."""


def command(
    store: Store,
    outbox: Outbox,
    chat: ChatId,
    by: StaffId | None,
    name: str,
    argument: str,
    cause_key: str,
    now: datetime,
) -> Decision:
    """`/bind ROLE`, `/unbind`, or the start of a link that binds. Nobody else's words in a group are any of ours.

    Who may not do it hears nothing: a group of strangers must not make the bot talk. That it was tried is recorded.
    """
    if name == "start" and argument.startswith(BIND_LINK):
        name, argument = BIND, argument.removeprefix(BIND_LINK)
    if name not in {BIND, UNBIND}:
        return Decision()
    cause = Cause(cause_key, ByStranger() if by is None else ByStaff(by))
    if by is None or not policy.allowed(ByStaff(by), Action.KEEP_ROTA, store.clinic()):
        store.record_refusal(cause, Action.KEEP_ROTA, f"/{name}", now)
        return Decision()
    if name == UNBIND:
        return store.transact_clinic(cause, lambda clinic: _unbind(clinic, chat, now))
    outbox.unblock_chat(chat)  # it may be one that had thrown us out, and has us back
    return store.transact_clinic(cause, lambda clinic: _bind(clinic, chat, argument, now))


def lose(store: Store, chat: ChatId, cause_key: str, now: datetime) -> Decision:
    """The bot can't write there any more: it is paged no more, and lead and admin know."""
    group = next((group for group in store.clinic().groups if group.chat == chat), None)
    if group is None:
        return Decision()

    def decide(clinic: Clinic) -> Decision:
        known = clinic.group(group.id)
        return Decision() if known is None else rota.unbind(clinic, known, now, lost=True)

    return store.transact_clinic(Cause(f"{cause_key}/{group.id}", ByStranger()), decide)


def _bind(clinic: Clinic, chat: ChatId, argument: str, now: datetime) -> Decision:
    wanted = argument.strip().lower()
    role = next((role for role in clinic.settings.paged if role == wanted), None)
    if role is None:
        return staff.ask_which_step(clinic, chat, now)
    return rota.bind(clinic, chat, role, now)


def _unbind(clinic: Clinic, chat: ChatId, now: datetime) -> Decision:
    group = next((group for group in clinic.groups if group.chat == chat), None)
    if group is None:
        return Decision()
    return rota.unbind(clinic, group, now, lost=False) + staff.say_unbound(clinic, chat, now)
