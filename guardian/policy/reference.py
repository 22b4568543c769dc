"""The reference of the policy language, written from the JSON Schema and the table of codes."""

from collections.abc import Iterator
from typing import Any

from guardian.policy.codes import CODES, level_of
from guardian.policy.schema import LATER_KEYS, json_schema, rule_types
from guardian.policy.schema_rules import LATER_RULE_KEYS, LATER_TYPES, RuleBase
from guardian.policy.templates import FILTERS, VARIABLES

PAGE = "docs/policy-reference.md"

_HEAD = """# Policy reference

Written from the models of the policy language; do not edit. `guardian policy check` reads a file against the same models, and
`guardian policy schema` prints them as a JSON Schema. With this first line most editors complete and check while you type:

```yaml
# yaml-language-server: $schema=./policy.schema.json
```

A small policy:

```yaml
version: 1
defaults:
  timezone: Europe/London
  working_hours: {days: [mon-fri], start: "09:00", end: "17:30"}
rules:
  - id: focus-time
    type: focus_block
    windows:
      - {days: [mon-fri], start: "09:00", end: "12:00"}
    mode: flag
```

## How things are written

- Times of day: `"09:00"`; the end of a window may be `"24:00"`. A window may not cross midnight: write two.
- Durations: a whole number and `m`, `h`, `d` or `w`: `30m`, `2h`, `1d`, `2w`; `0m` is allowed.
- Days: `mon` to `sun` and ranges, which may run over Sunday: `mon-fri`, `sun-thu`.
- Dates: `2026-12-01`.
- Scopes: `everyone`, `team:NAME`, `group:ADDRESS`, `person:ADDRESS`.
- Values are read as YAML 1.2 reads them: `off`, `NO` and `17:00` are texts. Quote them all the same, for other tools.
- Not used: anchors, aliases, merge keys, tags, several documents. At most 256 KiB, 20 levels, 20,000 values,
  500 rules, 500 teams, 200 bypass entries.
- Titles are matched by whole words in any case; `*` stands for any letters.
"""

_SECTIONS = (
    ("The file", "PolicyFile"),
    ("defaults", "DefaultsSpec"),
    ("working_hours", "WorkingHours"),
    ("safety", "SafetySpec"),
    ("safety.max_declines", "LimitsSpec"),
    ("teams", "TeamSpec"),
    ("bypass", "BypassSpec"),
    ("bypass: limit", "BypassLimit"),
    ("when, unless", "MatcherSpec"),
    ("attendees", "AttendeeBounds"),
    ("length", "LengthBounds"),
)
_PARTS = (("windows", "WindowSpec"), ("trim", "TrimSpec"))


def markdown() -> str:
    """The whole page."""
    schema = json_schema()
    return "\n".join((_HEAD, *_frame(schema), *_rules(schema), *_messages(), *_later(), *_codes()))


def _frame(schema: dict[str, Any]) -> Iterator[str]:
    for title, name in _SECTIONS:
        model = schema if name == "PolicyFile" else schema["$defs"][name]
        yield from _section(f"## {title}", model)


def _rules(schema: dict[str, Any]) -> Iterator[str]:
    types = {name: schema["$defs"][model.__name__] for name, model in rule_types().items()}
    shared = {field.alias or name for name, field in RuleBase.model_fields.items()}
    any_rule = next(iter(types.values()))
    yield from _section("## rules: keys of every rule", {**any_rule, "description": RuleBase.__doc__}, keep=shared)
    for name, model in types.items():
        yield from _section(f"## rules: {name}", model, drop=shared)
    for title, name in _PARTS:
        yield from _section(f"## {title}", schema["$defs"][name])


def _section(
    title: str, model: dict[str, Any], keep: set[str] | None = None, drop: set[str] | None = None
) -> Iterator[str]:
    yield f"{title}\n\n{model.get('description', '')}\n\n| key | value | default | meaning |\n|---|---|---|---|"
    required = model.get("required", ())
    for key, part in model["properties"].items():
        if (keep is None or key in keep) and key not in (drop or ()):
            default = "required" if key in required else _default(part)
            yield f"| `{key}` | {_value(part)} | {default} | {part['description'].replace('|', '/')} |"
    yield ""


def _default(part: dict[str, Any]) -> str:
    default = part.get("default")
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if default in (None, [], {}):
        return "none"
    if isinstance(default, dict):
        return "see below"
    return f"`{', '.join(default) if isinstance(default, list) else default}`"


def _value(part: dict[str, Any]) -> str:
    """A few words on what may stand there."""
    options = part.get("anyOf", part.get("oneOf", ()))
    if options:
        return " or ".join(dict.fromkeys(_value(option) for option in options))
    if "const" in part or "enum" in part:
        return ", ".join(f"`{word}`" for word in part.get("enum", [part.get("const")]))
    kind = part.get("type")
    if kind == "array":
        return f"list of {_value(part['items'])}"
    if kind == "integer":
        return f"{part.get('minimum', 0)} to {part.get('maximum')}"
    if kind == "string":
        return f"text like `{part['examples'][0]}`" if "examples" in part else "text"
    return "true or false" if kind == "boolean" else "keys and values"


def _messages() -> Iterator[str]:
    yield "## messages: templates\n"
    yield "Text, `{{ name }}`, `{% if name %} ... {% else %} ... {% endif %}` (with `not`, `and`, `or`), and the filters"
    yield f"{', '.join(f'`{name}`' for name in FILTERS)}. What is not known when a message is written counts as empty. Known names:\n"
    yield "| name | stands for |\n|---|---|"
    yield from (f"| `{name}` | {meaning} |" for name, meaning in VARIABLES.items())
    yield ""


def _later() -> Iterator[str]:
    yield "## Not available in this version\n"
    yield "These parts of the language are refused with a clear message:\n"
    keys = [f"`{key}`" for key in LATER_KEYS]
    inner = [f"`{key}` in `{kind}`" for kind, names in LATER_RULE_KEYS.items() for key in names]
    yield f"- keys: {', '.join(keys + inner)}"
    yield f"- rule types: {', '.join(f'`{name}`' for name in LATER_TYPES)}"
    yield "- per-team files beside the main file\n"


def _codes() -> Iterator[str]:
    yield "## Findings\n\n`file:line:column: level CODE path: what is wrong`. With `--strict` warnings count as errors.\n"
    yield "| code | level | meaning |\n|---|---|---|"
    yield from (f"| {code} | {level_of(code)} | {meaning} |" for code, meaning in CODES.items())
    yield ""
