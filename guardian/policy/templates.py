"""Message templates: a small part of Jinja's syntax, checked and filled in without ever running Jinja's own evaluator.

Jinja only parses. The syntax tree is walked here, and only text, names, attributes, `if`, and a few filters are known, so a
template can neither loop nor call nor grow beyond its parts. (A sandboxed environment is not enough: `{{ 'ab' * 50000000 }}`
makes 100 MB inside it.) Values are inserted as they are and never parsed.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import jinja2
from jinja2 import nodes

from guardian.errors import InputError
from guardian.policy.scalars import did_you_mean

MAX_OUTPUT = 2000
MAX_VALUE = 200
MAX_DEPTH = 20

VARIABLES: dict[str, str] = {
    "organizer.first_name": "who invites",
    "person.first_name": "whose calendar it is",
    "person.name": "the same, in full",
    "rule.id": "the rule that speaks",
    "rule.window": "the focus window, like 09:00-13:00",
    "rule.day": "the free day, like Wednesday",
    "rule.due": "when the agenda is due",
    "rule.link": "where to read the rule",
    "rule.urgent": "title words that let an urgent meeting through",
    "team.name": "the team the rule is for, or the person's first one",
    "meeting.title": "the title; never known for private meetings",
    "alternatives": "free times for everybody enrolled, a list",
    "links.async_template": "where to write an update instead",
    "links.policy": "where to read the policy",
}
"""Every name a template may use, and what it stands for."""

FILTERS = ("join", "default", "lower", "upper", "length")

_PARSER = jinja2.Environment(autoescape=False)  # noqa: S701 - parses only; what is made is plain text
_LOGIC = (nodes.Not, nodes.And, nodes.Or)
_WORDS: dict[type[nodes.Node], str] = {
    nodes.For: "loops are not allowed",
    nodes.Call: "calls are not allowed",
    nodes.Getitem: "[...] is not allowed; write a name with dots",
    nodes.Mul: "arithmetic is not allowed",
    nodes.Add: "arithmetic is not allowed",
    nodes.Concat: "'~' is not allowed",
}


def check_template(text: str) -> list[tuple[int, str]]:
    """What is wrong with a template: (line from 1, message) each; empty when it can be used."""
    try:
        tree = _PARSER.parse(text)
    except jinja2.TemplateSyntaxError as error:
        return [(error.lineno, f"not a template: {error.message}")]
    except (RecursionError, ValueError, OverflowError):
        return [(1, "not a template: nested too deeply")]
    return list(dict.fromkeys(_faults(tree)))


def _faults(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Walk without recursion: the tree comes from outside."""
    waiting: list[tuple[nodes.Node, int]] = [(node, 1) for node in reversed(tree.body)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            yield node.lineno or 1, f"nested deeper than {MAX_DEPTH} levels"
            return
        message = _fault(node)
        if message:
            yield node.lineno or 1, message
        elif not isinstance(node, nodes.Getattr):
            waiting.extend((child, depth + 1) for child in reversed(list(node.iter_child_nodes())))


def _fault(node: nodes.Node) -> str:
    if isinstance(node, (nodes.Name, nodes.Getattr)):
        return _variable_fault(node)
    if isinstance(node, nodes.Filter):
        return _filter_fault(node)
    if isinstance(node, nodes.Const):
        return "" if isinstance(node.value, (str, int)) else f"{node.value!r} is not allowed"
    if isinstance(node, (nodes.Output, nodes.TemplateData, nodes.If, *_LOGIC)):
        return ""
    return _WORDS.get(type(node), f"{type(node).__name__.lower()} is not allowed in messages")


def _variable_fault(node: nodes.Expr) -> str:
    name = _dotted(node)
    if name in VARIABLES:
        return ""
    if name.startswith("..."):
        return "only the known variables can be used"
    return f"unknown variable '{name[:60]}'{did_you_mean(name[:60], VARIABLES)}"


def _filter_fault(node: nodes.Filter) -> str:
    if node.name not in FILTERS:
        return f"unknown filter '{node.name[:60]}'; known: {', '.join(FILTERS)}"
    if node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) > 1:
        return f"filter '{node.name}' takes one plain value at most"
    if any(not isinstance(argument, nodes.Const) for argument in node.args):
        return f"filter '{node.name}' takes a plain value"
    return ""


def _dotted(node: nodes.Node | None) -> str:
    parts: list[str] = []
    while isinstance(node, nodes.Getattr):
        parts.append(node.attr)
        node = node.node
    parts.append(node.name if isinstance(node, nodes.Name) else "...")
    return ".".join(reversed(parts))


def render(text: str, variables: Mapping[str, object]) -> str:
    """The template filled in, at most 2,000 characters.

    `variables` maps the dotted names of `VARIABLES` (or their first part to a mapping) to texts, numbers or, for
    `alternatives`, a list of texts; one that is not given counts as empty. Values become one line of at most 200
    characters each. Raises InputError for a template that `check_template` finds fault with.
    """
    made = _tidy("".join(_pieces(_parsed(text), variables)))
    return made if len(made) <= MAX_OUTPUT else made[: MAX_OUTPUT - 3] + "..."


@lru_cache(maxsize=64)
def _parsed(text: str) -> Sequence[nodes.Node]:
    """Few templates fill in many messages. Raises InputError."""
    faults = check_template(text)
    if faults:
        raise InputError(f"line {faults[0][0]}: {faults[0][1]}")
    return tuple(_PARSER.parse(text).body)


def _tidy(text: str) -> str:
    """No trailing spaces, no rows of empty lines."""
    lines = [line.rstrip() for line in text.strip().split("\n")]
    kept = [line for index, line in enumerate(lines) if line or lines[index - 1]]
    return "\n".join(kept)


def _pieces(body: Sequence[nodes.Node], variables: Mapping[str, object]) -> Iterator[str]:
    for node in body:
        if isinstance(node, nodes.TemplateData):
            yield node.data
        elif isinstance(node, nodes.Output):
            yield from _pieces(node.nodes, variables)
        elif isinstance(node, nodes.If):
            yield from _pieces(_branch(node, variables), variables)
        elif isinstance(node, nodes.Expr):
            yield _text(_value(node, variables))


def _branch(node: nodes.If, variables: Mapping[str, object]) -> Sequence[nodes.Node]:
    for option in (node, *node.elif_):
        if isinstance(option.test, nodes.Expr) and _value(option.test, variables):
            return option.body
    return node.else_


def _value(node: nodes.Expr, variables: Mapping[str, object]) -> object:
    if isinstance(node, nodes.Const):
        return node.value
    if isinstance(node, nodes.Filter):
        return _filtered(node, variables)
    if isinstance(node, nodes.Not):
        return not _value(node.node, variables)
    if isinstance(node, nodes.And):
        return _value(node.left, variables) and _value(node.right, variables)
    if isinstance(node, nodes.Or):
        return _value(node.left, variables) or _value(node.right, variables)
    return _look_up(_dotted(node), variables)


def _look_up(name: str, variables: Mapping[str, object]) -> object:
    if name in variables:
        return _clean(variables[name])
    head, _, rest = name.partition(".")
    inner = variables.get(head)
    return _clean(inner.get(rest, "")) if rest and isinstance(inner, Mapping) else ""


def _clean(value: object) -> object:
    """One line without control characters; the value's own braces stay text."""
    if value is None:
        return ""
    if isinstance(value, str):
        line = " ".join(value[: MAX_VALUE * 4].split())
        shown = "".join(c for c in line if c.isprintable())
        return shown if len(shown) <= MAX_VALUE else shown[: MAX_VALUE - 3] + "..."
    if isinstance(value, (list, tuple)):
        return [_text(_clean(item)) for item in value[:MAX_DEPTH]]
    return value if isinstance(value, (bool, int)) else _clean(str(value))


def _text(value: object) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _filtered(node: nodes.Filter, variables: Mapping[str, object]) -> object:
    value = _value(node.node, variables) if node.node is not None else ""
    argument = node.args[0].as_const() if node.args else ""
    if node.name == "join":
        return str(argument).join(str(item) for item in value) if isinstance(value, list) else _text(value)
    if node.name == "default":
        return value or argument
    if node.name == "length":
        return len(value) if isinstance(value, (list, str)) else 0
    return _text(value).lower() if node.name == "lower" else _text(value).upper()
