"""Editors check protocol files with a JSON Schema that says what the reader says."""

import json
from dataclasses import MISSING, fields

import pytest

from followupbot.domain.conditions import CONDITION_TYPES
from followupbot.domain.questions import QUESTION_TYPES
from followupbot.protocol_files.protocol import json_schema
from followupbot.protocol_files.sources import shipped


def test_the_schema_that_ships_is_the_one_that_the_tables_give() -> None:
    """To write it anew: python -m tests.protocol_files.test_schema"""
    file = shipped("protocols/protocol.schema.json")
    assert file is not None
    assert json.loads(file.read_text("utf-8")) == json_schema()


def test_the_protocols_that_ship_name_the_schema_in_their_first_line() -> None:
    """So an editor finds it without being told."""
    folder = shipped("protocols")
    assert folder is not None
    first_lines = {
        file.read_text("utf-8").splitlines()[0] for file in folder.glob("*.yaml") if ".vignettes" not in file.name
    }
    assert first_lines == {"# yaml-language-server: $schema=protocol.schema.json"}


@pytest.mark.parametrize("kind", QUESTION_TYPES)
def test_every_question_type_has_all_its_keys_in_the_schema(kind: str) -> None:
    """A new type in the domain's table is in the schema without another line of code."""
    forms = json_schema()["properties"]["questions"]["items"]["anyOf"]
    (form,) = [form for form in forms if form["properties"]["type"]["const"] == kind]
    assert {field.name for field in fields(QUESTION_TYPES[kind])} <= form["properties"].keys()


@pytest.mark.parametrize("operator", CONDITION_TYPES)
def test_every_condition_is_in_the_schema_by_its_operator(operator: str) -> None:
    """The same for conditions."""
    forms = json_schema()["$defs"]["condition"]["oneOf"]
    (form,) = [form for form in forms if form["required"] == [operator]]
    known = fields(CONDITION_TYPES[operator])
    behind = form["properties"][operator]
    if "properties" in behind:
        assert list(behind["properties"]) == [field.name for field in known]
        assert behind["required"] == [field.name for field in known if field.default is MISSING]
    else:  # it joins other conditions, and these stand there as they are
        assert len(known) == 1


if __name__ == "__main__":
    written = shipped("protocols/protocol.schema.json")
    assert written is not None
    written.write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", "utf-8")
