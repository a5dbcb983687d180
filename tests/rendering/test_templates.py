"""A template may show what it is given and choose between texts. Everything else is refused, wherever it stands."""

import pytest
from jinja2 import TemplateError

from followupbot.domain.ids import Language
from followupbot.rendering.templates import ClinicWords, compile_template, environment, inspect
from followupbot.rendering.words import Source

EN = Language("en")
PARAMS = frozenset({"a", "b"})
CLINIC = ClinicWords("Hillside", None, "112")


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "{# a note #}{{ a }}",
        "{% if a %}x{% elif b == 1 %}y{% else %}z{% endif %}",
        "{% if a and not b or a > 2 and b != none %}x{% endif %}",
        "{{ 'x' if a else 'y' }} {{ clinic.phone or 'no number' }}",
        "{{ a|when }} {{ a|time }} {{ b|day }} {{ b|sentence }} {{ clinic.name }} {{ clinic.emergency_number }}",
    ],
)
def test_what_words_need_is_allowed(text: str) -> None:
    """Showing, choosing, and our own filters."""
    assert inspect(EN, Source(text), PARAMS) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ a() }}", "a call is not allowed in a message"),
        ("{{ a.delete() }}", "a call is not allowed in a message"),
        ("{{ ''.__class__ }}", '".__class__" is not allowed; only clinic has parts'),
        ("{{ a.b }}", '".b" is not allowed; only clinic has parts'),
        ("{{ clinic.__class__ }}", 'clinic has no "__class__"; it has: name, phone, emergency_number'),
        ("{{ clinic.name.x }}", '".x" is not allowed; only clinic has parts'),
        ("{{ clinic }}", "clinic has parts: clinic.name, clinic.phone, clinic.emergency_number"),
        ("{{ clinic['name'] }}", "[…] is not allowed in a message"),
        (
            "{{ a|attr('__class__') }}",
            'the filter "attr" is not allowed here; allowed: time, day, when, brief, number, city, sentence',
        ),
        (
            "{{ a|safe }}",
            'the filter "safe" is not allowed here; allowed: time, day, when, brief, number, city, sentence',
        ),
        (
            "{{ a|when(1) }}",
            'the filter "when" is not allowed here; allowed: time, day, when, brief, number, city, sentence',
        ),
        ("{{ 'a' * 200000000 }}", "arithmetic is not allowed in a message"),
        ("{{ 10 ** 10 }}", "arithmetic is not allowed in a message"),
        ("{{ a ~ b }}", '"~" is not allowed in a message'),
        ("{{ a + b }}", "arithmetic is not allowed in a message"),
        ("{{ [a, b] }}", "a list is not allowed in a message"),
        ("{% for x in a %}{% endfor %}", "a loop is not allowed in a message"),
        ("{% set x = 1 %}", "{% set %} is not allowed in a message"),
        ("{% include 'x' %}", "{% include %} is not allowed in a message"),
        ("{% import 'x' as y %}", "{% import %} is not allowed in a message"),
        ("{% extends 'x' %}", "{% extends %} is not allowed in a message"),
        ("{% block x %}{% endblock %}", "{% block %} is not allowed in a message"),
        ("{% macro x() %}{% endmacro %}", "{% macro %} is not allowed in a message"),
        ("{% filter sentence %}x{% endfilter %}", "{% filter %} is not allowed in a message"),
        ("{% if a is defined %}{% endif %}", '"is" is not allowed in a message'),
        ("{{ 1.5 }}", "only text, whole numbers, true, false and none are allowed"),
        ("{{ patint }}", 'this message is not given "patint"; it is given: a, b'),
        ("{% if a %}{% else %}{{ patint }}{% endif %}", 'this message is not given "patint"; it is given: a, b'),
        ("{{ 'x' if patint else 'y' }}", 'this message is not given "patint"; it is given: a, b'),
        ("{{ range }}", 'this message is not given "range"; it is given: a, b'),
        ("{{ self }}", 'this message is not given "self"; it is given: a, b'),
        ("{{ a", "this is no template: unexpected end of template, expected 'end of print statement'."),
        ("{% if a %}", "this is no template"),
    ],
)
def test_everything_else_is_refused_in_branches_never_taken_too(text: str, message: str) -> None:
    """One problem each, at the line in the file."""
    (fault,) = inspect(EN, Source(f"line 7\n{text}", 7), PARAMS)
    assert (fault.line, fault.message[: len(message)]) == (8, message)


@pytest.mark.parametrize(
    "text", ["{{ ''.__class__ }}", "{{ a.__init__ }}", "{{ lipsum }}", "{{ a.c }}", "{{ a|attr('x') }}"]
)
def test_what_was_never_inspected_fails_in_the_sandbox(text: str) -> None:
    """The allow-list is not the only lock."""
    with pytest.raises((TemplateError, TypeError)):
        compile_template(EN, Source(text)).render(a="x", clinic=CLINIC)


@pytest.mark.parametrize("value", [None, True, 1.5, ["x"]])
def test_what_no_reader_understands_is_never_shown(value: object) -> None:
    """No patient reads "None"."""
    with pytest.raises(TypeError, match="cannot be shown as it is"):
        compile_template(EN, Source("{{ a }}")).render(a=value)


def test_a_name_with_mark_up_is_shown_as_it_is() -> None:
    """Nobody's name breaks a message."""
    assert compile_template(EN, Source("{{ a }}")).render(a="<b>&\"'") == "&lt;b&gt;&amp;&#34;&#39;"


def test_a_language_that_nobody_knows_has_no_sandbox() -> None:
    """Its dates could not be written."""
    with pytest.raises(LookupError):
        environment(Language("xx"))
