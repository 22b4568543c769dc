"""Templates: what is refused, what comes out, and the built-in texts."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import InputError
from guardian.model.actions import Outcome
from guardian.policy.loader import load
from guardian.policy.schema import rule_types
from guardian.policy.templates import FILTERS, VARIABLES, check_template, render
from guardian.policy.texts import default_text
from tests.policy_front.examples import AGENCY
from tests.policy_front.test_loader import without_later

VALUES: dict[str, object] = {
    "organizer": {"first_name": "Bob"},
    "person": {"first_name": "Ana", "name": "Ana Ruiz"},
    "rule": {
        "id": "focus",
        "window": "09:00-13:00",
        "day": "Wednesday",
        "due": "Monday 10:00",
        "link": "https://guardian.example/rules/focus",
    },
    "team.name": "Design",
    "meeting.title": "Sync",
    "alternatives": ["Mon 15:00", "Tue 14:00"],
    "links": {"async_template": "https://guardian.example/update", "policy": "https://guardian.example/policy"},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{ organizer.first_name }}", "Hi Bob"),
        ('{{ alternatives | join(" or ") }}', "Mon 15:00 or Tue 14:00"),
        ("{{ alternatives }}", "Mon 15:00, Tue 14:00"),
        ("{{ alternatives | length }}", "2"),
        ("{{ team.name | upper }} {{ team.name | lower }}", "DESIGN design"),
        ('{{ rule.urgent | default("nothing") }}', "nothing"),
        ("{% if alternatives %}yes{% else %}no{% endif %}", "yes"),
        ("{% if not rule.urgent and team.name %}a{% elif rule.id %}b{% endif %}", "a"),
        ("{% if rule.urgent or not team.name %}a{% elif rule.id %}b{% else %}c{% endif %}", "b"),
        ("a  \n\n\n\nb\n", "a\n\nb"),
        ("{# a note #}plain", "plain"),
    ],
)
def test_render(text: str, expected: str) -> None:
    assert check_template(text) == []
    assert render(text, VALUES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'ab' * 50000000 }}", "{{ 'ab' ~ 'c' }}", "{{ 1 + 1 }}", "{{ [1, 2] }}", "{{ {'a': 1} }}", "{{ rule.id[0] }}",
        "{% for a in alternatives %}{% endfor %}", "{{ rule.id() }}", "{{ rule.id.__class__ }}", "{{ ''.join }}", "{{ config }}",
        "{{ alternatives | map('upper') }}", "{{ alternatives | join(rule.id) }}", "{{ alternatives | join(attribute='x') }}",
        "{{ alternatives | join(',', 'x') }}", "{{ rule.id | default(*alternatives) }}", "{{ 1.5 }}", "{{ none }}",
        "{{ rule.id if team.name }}", "{{ rule.id == 'x' }}", "{{ rule.id is defined }}", "{% set a = 1 %}", "{% macro a() %}{% endmacro %}",
        "{% include 'x' %}", "{% raw %}{{ x }}{% endraw %}{{ y }}", "{% block a %}{% endblock %}", "{% filter upper %}x{% endfilter %}",
        "{% if rule.id %}", "{{ rule", "{% nonsense %}", "{{ rule.id" + " | upper" * 400 + " }}", "{{ " + "(" * 1900 + "rule.id" + ")" * 1900 + " }}",
        "{% if rule.id %}" * 200 + "{% endif %}" * 200, "{{ " + "not " * 900 + "rule.id }}", "{{ rule" + ".id" * 1200 + " }}",
        "{% autoescape true %}x{% endautoescape %}", "{% call rule.id() %}x{% endcall %}", "{% with a = rule.id %}{{ a }}{% endwith %}",
        "{% extends 'x' %}", "{% trans %}x{% endtrans %}", "{{ super() }}", "{{ loop.index }}", "{{ _ }}", "{{ 10 ** 10 ** 10 }}", "{{ -rule.id }}",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    faults = check_template(text)
    assert faults
    assert all(line >= 1 and message for line, message in faults)
    with pytest.raises(InputError):
        render(text, VALUES)


def test_faults_name_their_lines() -> None:
    assert check_template("ok\n{{ person.frst_name }}\n{{ x | y }}") == [
        (2, "unknown variable 'person.frst_name'; did you mean 'person.first_name'?"),
        (3, f"unknown filter 'y'; known: {', '.join(FILTERS)}"),
    ]


@pytest.mark.parametrize(
    "title",
    ["{{ rule.id }}", "{% for x in y %}", "{#", "<script>alert(1)</script>", "=1+1", "$(id)", "%s {0} {rule.id}"],
)
def test_values_are_never_read_as_templates(title: str) -> None:
    assert render("[{{ meeting.title }}]", {"meeting.title": title}) == f"[{title}]"


def test_values_cannot_forge_lines_or_flood() -> None:
    made = render("{{ meeting.title }}", {"meeting.title": "a\r\nBcc: all\u202e\x00\u2028b" + "x" * 1_000_000})
    assert "\n" not in made
    assert made.startswith("a Bcc: all")
    assert len(made) == 200


def test_output_is_bounded() -> None:
    text = "{{ meeting.title }}" * 100
    assert len(render(text, {"meeting.title": "x" * 500})) == 2000


def test_what_is_not_known_counts_as_empty() -> None:
    assert render("[{{ rule.window }}{{ alternatives | join(', ') }}{{ team.name | length }}]", {"team": None}) == "[0]"


@settings(deadline=None)
@given(st.text(alphabet=string.printable + "é\u202e", max_size=60), st.text(max_size=300))
def test_any_text_is_checked_and_what_passes_renders(text: str, title: str) -> None:
    if check_template(text):
        return
    assert len(render(text, {"meeting.title": title})) <= 2000


snippets = st.lists(
    st.sampled_from(
        [
            "{{",
            "}}",
            "{%",
            "%}",
            " if ",
            " endif ",
            " rule.id ",
            "|",
            "join",
            "(",
            ")",
            "'",
            "not",
            "a",
            "\n",
            "{#",
            "#}",
            " else ",
            "*",
            "[",
        ]
    ),
    max_size=25,
)


@settings(deadline=None)
@given(snippets)
def test_any_pile_of_syntax_is_checked(parts: list[str]) -> None:
    text = "".join(parts)
    if not check_template(text):
        render(text, {})


KINDS = [*rule_types(), "something_new"]


@pytest.mark.parametrize("outcome", [Outcome.DECLINE, Outcome.TENTATIVE, Outcome.NOTIFY, Outcome.SHORTEN])
@pytest.mark.parametrize("kind", KINDS)
def test_built_in_texts_read_well_with_everything_and_with_nothing(kind: str, outcome: Outcome) -> None:
    text = default_text(kind, outcome)
    assert check_template(text) == []
    full, bare = render(text, VALUES), render(text, {"person.first_name": "Ana"})
    for made in (full, bare):
        assert "  " not in made
        assert " ." not in made
        assert ": \n" not in made
        assert made.endswith((".", "/rules/focus"))
        assert len(made) < 700
    assert "focus" in full
    assert "None" not in bare


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("outcome", ["decline", "tentative"])
def test_answers_name_the_rule_the_times_the_written_way_and_the_way_through(kind: str, outcome: str) -> None:
    made = render(default_text(kind, outcome), VALUES)
    for part in (
        'rule "focus"',
        "https://guardian.example/rules/focus",
        "Mon 15:00, Tue 14:00",
        "https://guardian.example/update",
        "Urgent?",
        "Ana",
    ):
        assert part in made


def test_the_agency_speaks_its_own_words() -> None:
    text = load({"f": without_later(AGENCY)}).policy.message("focus")
    assert text is not None
    made = render(text, VALUES)
    assert made.startswith(
        "Hi Bob, Ana keeps 09:00-13:00 free for focused work.\nTimes that work for everyone: Mon 15:00, Tue 14:00."
    )


def test_every_known_variable_can_be_written() -> None:
    assert check_template(" ".join(f"{{{{ {name} }}}}" for name in VARIABLES)) == []
