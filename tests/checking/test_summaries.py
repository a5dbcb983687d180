"""All that a patient may say in one check-in can be said back to them in one message."""

from followupbot.checking.check import NOWHERE, check
from followupbot.protocol_files.sources import gather

SHIPPED = gather(NOWHERE)
SAID, PROTOCOL = "messages/es/check_ins/said.j2", "protocols/lumbar_fusion.yaml"


def told(letters_more: int, protocol: str = SHIPPED[PROTOCOL].decode()) -> list[str]:
    """The form and the rest of what is said with so many letters more around it, which no other limit forbids."""
    language = SHIPPED["messages/es/language.yaml"].replace(b"text_letters_max: 1200", b"text_letters_max: 4000")
    words = SHIPPED[SAID] + ("Sol.\n\n" * (letters_more // 6)).encode()
    files = SHIPPED | {SAID: words, "messages/es/language.yaml": language, PROTOCOL: protocol.encode()}
    lines = protocol.splitlines()
    found = check(files, play=False)
    assert {problem.file for problem in found} <= {PROTOCOL}
    return [f"{lines[problem.line - 1][problem.column - 1 :].partition(',')[0]} {problem.message}" for problem in found]


def test_a_form_that_cannot_be_said_back_is_refused_where_it_is_asked() -> None:
    """Once, however often it is asked; a shorter form may still fit."""
    problems = told(letters_more=2100)
    assert [problem.split()[0] for problem in problems] == ["early", "full", "full_yearly"]
    for problem in problems:
        assert "what may be said to this form has 4" in problem
        assert problem.endswith("letters in es; Telegram takes 4096")


def test_a_form_that_only_a_re_check_asks_is_refused_too() -> None:
    """Where the re-check asks it."""
    text = SHIPPED[PROTOCOL].decode()
    begins = text.index("\n  early:")
    early = text[begins : text.index("]", begins) + 1]
    longer = early.replace("early:", "week_after:").replace("urgency_self,", "phone_changed, urgency_self,")
    text = text.replace(early, early + longer).replace("form: recheck,", "form: week_after,", 1)
    names = [problem.split()[0] for problem in told(2100, text)]
    assert sorted(names) == ["early", "full", "full_yearly", "week_after"]


def test_what_fits_is_let_through() -> None:
    """The longest form that ships leaves room for so many letters."""
    assert told(letters_more=1400) == []
