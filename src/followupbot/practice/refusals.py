"""What the practice Telegram says no to: a bot's call, or something no person could do with a phone."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class Refused(Exception):
    """A Bot API call was refused; carries Telegram's code, its words and its parameters."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> Json:
        """The refusal in the shape of a Bot API answer."""
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


class NotPossible(Exception):
    """A person asked for something Telegram's apps do not offer, such as pressing a button that is not there."""

    status = 409


class UnknownPerson(NotPossible):
    """No user, group, message or update has that number."""

    status = 404


class Malformed(NotPossible):
    """What was posted to the practice side is not of the form it takes."""

    status = 400


def bad_request(words: str) -> Refused:
    """A 400 with Telegram's prefix."""
    return Refused(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refused:
    """A 403 with Telegram's prefix."""
    return Refused(403, f"Forbidden: {words}")


def too_many_requests(retry_after: int) -> Refused:
    """A 429 that says in how many seconds the bot may try again."""
    return Refused(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})
