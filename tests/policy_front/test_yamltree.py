"""Text to data and marks: what scalars become, and what is refused before anything is built."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import PolicyProblems
from guardian.policy.yamltree import MAX_BYTES, MAX_DEPTH, MAX_NODES, Mark, decode, path_text, read


@pytest.mark.parametrize(
    "text",
    [
        "off",
        "on",
        "NO",
        "no",
        "yes",
        "y",
        "17:00",
        "9:00",
        "025",
        "0o17",
        "0x1f",
        "1_000",
        "1e3",
        ".5",
        ".inf",
        ".nan",
        "2026-12-01",
        "12:30:45",
        "<",
        "=",
    ],
)
def test_plain_words_stay_what_was_written(text: str) -> None:
    assert read("f", f"key: {text}").data == {"key": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-3", -3),
        ("0", 0),
        ("+5", 5),
        ("1.5", 1.5),
    ],
)
def test_core_scalars(text: str, value: object) -> None:
    found = read("f", f"key: {text}").data
    assert found == {"key": value}
    assert isinstance(found, dict)
    assert type(found["key"]) is type(value)


def test_quoted_scalars_are_texts() -> None:
    assert read("f", "a: 'true'\nb: \"7\"\nc: |\n  null\n").data == {"a": "true", "b": "7", "c": "null\n"}


def test_keys_are_texts() -> None:
    assert read("f", "on: 1\n1: 2\ntrue: 3\n").data == {"on": 1, "1": 2, "true": 3}


def test_marks_of_keys_and_values() -> None:
    tree = read("f", "a:\n  - b: x\n    c: |\n      y\n")
    assert tree.mark(("a", 0, "b"), key=True) == Mark(2, 5)
    assert tree.mark(("a", 0, "b")) == Mark(2, 8)
    assert tree.mark(("a", 0, "c")) == Mark(3, 8, block=True)
    assert tree.mark(("a", 0, "missing", "deeper")) == tree.mark(("a", 0))
    assert path_text(("a", 0, "b")) == "a[0].b"


def test_a_byte_order_mark_does_not_shift_the_marks() -> None:
    tree = read("f", "\ufeffa: x\n")
    assert (tree.data, tree.mark(("a",), key=True)) == ({"a": "x"}, Mark(1, 1))
    assert decode("f", b"\xef\xbb\xbfa: x") == "a: x"


def codes(text: str) -> list[tuple[str, int, int]]:
    return [(problem.code, problem.line, problem.column) for problem in read("f", text).problems]


def test_size_is_bounded() -> None:
    room = "#" * (MAX_BYTES - 10)
    assert read("f", f"a: 1\n{room}").problems == []
    assert codes(f"a: 1\n{room}xxxxxx") == [("G101", 1, 1)]
    assert codes("#" + "é" * (MAX_BYTES // 2)) == [("G101", 1, 1)]


def test_depth_is_bounded() -> None:
    assert read("f", "[" * MAX_DEPTH + "]" * MAX_DEPTH).problems == []
    assert codes("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == [("G101", 1, MAX_DEPTH + 1)]
    assert codes("[" * 200_000) == [("G101", 1, MAX_DEPTH + 1)]
    assert codes("? " * 100_000)[-1][0] == "G101"
    assert [code for code, _, _ in codes("- " * 100_000)] == ["G101"]


def test_number_of_values_is_bounded() -> None:
    assert read("f", "[" + "x," * (MAX_NODES - 1) + "]").problems == []
    assert [code for code, _, _ in codes("[" + "x," * MAX_NODES + "]")] == ["G101"]


def test_problems_of_yaml_are_collected() -> None:
    text = "a: &x 1\nb: *x\nc: !!str 2\n<<: {d: 1}\na: 3\n? [k]\n: v\n"
    assert codes(text) == [
        ("G103", 1, 4),
        ("G103", 2, 4),
        ("G103", 3, 4),
        ("G103", 4, 1),
        ("G104", 5, 1),
        ("G108", 6, 3),
    ]
    assert read("f", text).data == {"a": 1, "b": None, "c": "2"}


def test_the_first_of_two_equal_keys_counts() -> None:
    tree = read("f", "a: {b: 1}\na: {b: 2, c: 3}\n")
    assert tree.data == {"a": {"b": 1}}
    assert tree.mark(("a", "b")).line == 1


def test_bytes_that_are_not_utf8_are_located() -> None:
    with pytest.raises(PolicyProblems) as caught:
        decode("f", "a: 1\nbé: ".encode() + b"\xff")
    assert [(p.code, p.line, p.column) for p in caught.value.problems] == [("G102", 2, 5)]


words = st.text(alphabet=st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=5)
plain_data = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(plain_data)
def test_what_json_writes_is_read_back(data: object) -> None:
    """JSON is YAML 1.2; strings with unreadable characters are refused instead."""
    tree = read("f", json.dumps(data))
    if not tree.problems:
        assert tree.data == data
    else:
        assert {problem.code for problem in tree.problems} <= {"G102", "G100"}


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["a: 1\n", "- b\n", "  ", "c: [", "]", "{", "}", "x: 'q'\n", "# n\n", "? k\n", ": v\n", "|\n"]),
        max_size=15,
    )
)
def test_structure_is_that_of_a_plain_yaml_reader(parts: list[str]) -> None:
    text = "".join(parts)
    tree = read("f", text)
    try:
        theirs = yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, TypeError):
        assert tree.problems
        return
    if not tree.problems:
        assert as_text(tree.data) == as_text(theirs)


def as_text(value: object) -> object:
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return "" if value is None else str(value)
