"""What is not even YAML, or more than we read of it, is reported once, with its place."""

from pathlib import Path

import pytest

from followupbot.protocol_files.parts import FILE_BYTES_MAX
from followupbot.protocol_files.problems import Place, Problem, Problems, Severity
from followupbot.protocol_files.reading import Kind, Listing, Reading, Scalar, Table, nearest
from tests.programme.shipped import PROTOCOLS

NOT_READ = [
    (
        "a line that begins with a tab",
        b"a: 1\nb:\n\t- x\n",
        ["3:1: error: a line may not begin with a tab; use spaces"],
    ),
    (
        "text with a colon that is not in quotes",
        b"name: Clinic: north\n",
        ["1:13: error: a colon too many in this line; put text with a colon in quotes"],
    ),
    (
        "a quotation mark that never closes",
        b'name: "Clinic\nzone: UTC\n',
        ["1:7: error: a quotation mark opens here and never closes"],
    ),
    (
        "a list that never closes",
        b"a: [1, 2\nb: 3\n",
        ["1:4: error: this is not YAML: after a [ a comma or the ] is missing"],
    ),
    (
        "a second document",
        b"a: 1\n---\nb: 2\n",
        ['2:1: error: the file has a second part after "---"; only one is read'],
    ),
    ("a file without content", b"# nothing yet\n", ["1:1: error: the file is empty"]),
    ("bytes that are not UTF-8", b"a: 1\nb: caf\xe9\n", ["2:7: error: this is not UTF-8 text; save the file as UTF-8"]),
    (
        "aliases, which hide what a reviewer has to see",
        b"a: &x [1]\nb: *x\nc: *x\n",
        [
            "2:4: error: *x stands for another part; write that part out here",
            "3:4: error: *x stands for another part; write that part out here",
        ],
    ),
    (
        "a key that stands there twice, also deep inside",
        b"a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 4\n",
        [
            '5:3: error: "c" stands here twice; it is in line 3 already',
            '6:1: error: "a" stands here twice; it is in line 1 already',
        ],
    ),
    (
        "a tag that would make an object of Python",
        b"a: !!python/object/apply:os.system [ls]\nb: !x y\n",
        [
            "1:4: error: the tag !!python/object/apply:os.system has no meaning here; leave it out",
            "2:4: error: the tag !x has no meaning here; leave it out",
        ],
    ),
    ("a key that is a list", b"? [a, b]\n: 1\n", ["1:3: error: a key is one word"]),
    ("a file of another kind", b"a: " + b"x" * FILE_BYTES_MAX, ["1:1: error: the file is larger than 256 KB"]),
    ("brackets without end", b"[" * 200_000, ["1:41: error: lists or keys lie too deep inside each other"]),
]


@pytest.mark.parametrize(("content", "expected"), [row[1:] for row in NOT_READ], ids=[row[0] for row in NOT_READ])
def test_what_cannot_be_read_is_reported_with_its_place(content: bytes, expected: list[str]) -> None:
    """An editor jumps to the line; the message says what to do there."""
    found = Reading("f.yaml", content).problems
    assert [str(problem).removeprefix("f.yaml:") for problem in found] == expected


def test_words_of_yaml_1_1_are_plain_words() -> None:
    """`no` is an answer and 09:00 an hour, not false and 540."""
    top = Reading("f.yaml", b"a: [no, yes, on, off, 09:00, 0300]\n").top
    assert isinstance(top, Table)
    words = top.get("a")
    assert isinstance(words, Listing)
    kinds = [word.kind for word in words.items if isinstance(word, Scalar)]
    assert kinds == [Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.WHOLE]


def test_folded_text_is_one_line_as_people_read_it() -> None:
    """A reader that keeps comments, to write the file again, marks in the text where its lines were."""
    top = Reading("f.yaml", b"a: >\n  one\n  two\n# said later\nb: 1\n").top
    assert isinstance(top, Table)
    assert top.get("a") == Scalar(Place(1, 4), "one two\n", Kind.TEXT)


def test_what_stands_behind_a_key_that_is_refused_is_passed_over() -> None:
    """Whole, however deep it lies; the keys after it are read, each at its place."""
    reading = Reading("f.yaml", b"a: 1\na: {b: [c, {d: e}], f: !x g}\n? [h]\n: {i: [j]}\nk: {l: m}\n")
    assert [str(problem) for problem in reading.problems] == [
        'f.yaml:2:1: error: "a" stands here twice; it is in line 1 already',
        "f.yaml:3:3: error: a key is one word",
    ]
    assert (reading.at("k", "l"), reading.at("a", "b")) == (Place(5, 8), Place(1, 4))


def test_a_byte_order_mark_does_no_harm() -> None:
    """Windows editors put one there."""
    reading = Reading("f.yaml", b"\xef\xbb\xbfa: 1\n")
    assert (reading.problems, reading.at("a").column) == ([], 4)


def test_a_place_that_is_not_in_the_file_is_that_of_what_is_around_it() -> None:
    """A missing key is reported at the part that misses it."""
    reading = Reading("f.yaml", b"rules:\n  - id: a\n  - id: b\n")
    assert reading.at("rules", 1, "when", "is").line == 3


def test_problems_are_sorted_and_never_told_twice() -> None:
    """Whoever reads them goes down the file."""
    first, second = Problem("f", 2, 1, "x"), Problem("f", 10, 1, "y", Severity.WARNING)
    assert Problems([second, first, second]).problems == (first, second)
    assert str(Problems([second])) == "f:10:1: warning: y"


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("tiers", ["tier", "when", "card"], '; did you mean "tier"?'),
        ("Emergency", ["emergency", "routine"], '; did you mean "emergency"?'),
        ("xyz", ["tier", "card"], "; known here: card, tier"),
        ("xyz", [f"name_{n}" for n in range(20)], ""),
        ("xyz", [], ""),
    ],
)
def test_an_unknown_word_brings_the_likeliest_known_one(word: str, known: list[str], expected: str) -> None:
    """Or the few that there are."""
    assert nearest(word, known) == expected


@pytest.mark.parametrize("file", sorted(PROTOCOLS.glob("*.yaml")), ids=lambda file: file.name)
def test_a_file_reads_the_same_with_and_without_the_scanner_in_c(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no wheel of it exists the one in Python does the work, slower."""
    quick = Reading(file.name, file.read_bytes())
    monkeypatch.setattr("ruamel.yaml.main.CParser", None)
    slow = Reading(file.name, file.read_bytes())
    assert slow.top is not None
    assert (quick.top, quick.places) == (slow.top, slow.places)
