"""The JSON Schema that editors use: current, described, and of one mind with `check`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from guardian.policy.reference import PAGE, markdown
from guardian.policy.schema import json_schema
from guardian.policy.yamltree import decode, read
from tests.policy_front.examples import AGENCY, STARTER
from tests.policy_front.golden import FOLDER
from tests.policy_front.test_loader import without_later

ROOT = Path(__file__).parents[2]
SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

SEEN_BY_EDITORS = {"G106", "G109", "G110", "G111", "G113", "G116", "G125"}
"""Codes of faults of form; the rest needs the meaning, or what JSON cannot show."""

MEANING_ONLY = {
    "version_true", "window_empty", "window_over_midnight", "working_hours_over_midnight", "matcher_title_matches_all",
    "scope_malformed", "message_too_long",
}  # fmt: skip


def test_committed_schema_is_current() -> None:
    assert json.loads((ROOT / "config" / "policy.schema.json").read_text()) == SCHEMA


def test_reference_is_current() -> None:
    assert (ROOT / PAGE).read_text() == markdown()


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def objects(node: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from objects(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from objects(value, f"{path}/{index}")


def test_every_key_is_described() -> None:
    bare = [
        f"{path}/{key}"
        for path, node in objects(SCHEMA)
        for key, part in node.get("properties", {}).items()
        if isinstance(part, dict) and len(part.get("description", "")) < 10
    ]
    assert bare == []


def test_every_pattern_covers_the_whole_value() -> None:
    patterns = [node["pattern"] for _, node in objects(SCHEMA) if isinstance(node.get("pattern"), str)]
    assert len(patterns) > 10
    assert all(pattern.startswith("^") and pattern.endswith("$") for pattern in patterns)


def test_every_mapping_refuses_unknown_keys() -> None:
    loose = [
        path
        for path, node in objects(SCHEMA)
        if isinstance(node.get("properties"), dict) and node.get("additionalProperties") is not False
    ]
    assert [path for path in loose if not path.endswith("/properties")] == []


@pytest.mark.parametrize("text", [STARTER, without_later(AGENCY), (ROOT / "config" / "policies.yaml").read_text()])
def test_good_files_please_the_editor(text: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(read("f", text).data)] == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_editor_and_check_are_of_one_mind(path: Path) -> None:
    said = path.with_suffix(".txt").read_text()
    if "G102 not UTF-8" in said:
        return
    tree = read(path.name, decode(path.name, path.read_bytes()))
    if tree.data is None or tree.problems:
        return
    codes = {word for word in said.split() if word in SEEN_BY_EDITORS}
    if codes and path.stem not in MEANING_ONLY:
        assert not VALIDATOR.is_valid(tree.data)
    if "error" not in said:
        assert VALIDATOR.is_valid(tree.data)


def test_rule_types_complete_their_own_keys() -> None:
    """Each variant of a rule is told apart by its constant type, which is how editors choose what to complete."""
    variants = [
        SCHEMA["$defs"][part["$ref"].rsplit("/", 1)[1]] for part in SCHEMA["properties"]["rules"]["items"]["oneOf"]
    ]
    types = [variant["properties"]["type"]["const"] for variant in variants]
    assert len(set(types)) == len(types) == 7
    assert all("type" in variant["required"] for variant in variants)
