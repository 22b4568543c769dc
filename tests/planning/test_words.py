"""The words in calendars: every answer names the rule, the written way and the way for urgent things."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.model.actions import Outcome
from guardian.model.events import Occurrence
from guardian.planning.words import block_description, comment, urgent_words
from guardian.policy.model import AgendaRequired, Bypass, Matcher, Place, PolicySet, Rule, Scope, ScopeKind
from tests.planning.worlds import ANA, PLACE, URGENT, decision, focus_rule, invitation, member, policy, span

INCIDENT = Bypass("incident", Matcher(title=("[incident]",)), PLACE)
INTERVIEWS = Bypass("interviews", Matcher(title=("interview", "candidate")), PLACE)
CLIENTS = Bypass("clients", Matcher(external=True, title=("[pitch]",)), PLACE)


def written(rules: PolicySet, occurrence: Occurrence | None = None, **links: str) -> str:
    made = replace(decision(occurrence or invitation()), window="09:00-13:00")
    return comment(rules, made, member(teams=("design",)), [span(14, 15, 1)], links)


def custom(text: str) -> PolicySet:
    rules = policy(replace(focus_rule(), message="own"), bypass=(URGENT,))
    return replace(rules, messages=(("own", text),))


def test_the_built_in_words() -> None:
    text = written(policy(bypass=(URGENT,)))
    for part in ("Hi Ben", "Ana keeps 09:00-13:00", "focus-time", "[urgent]", "written", "policies.yaml:7"):
        assert part in text
    assert "Tue 24 Nov 14:00-15:00 (Europe/Madrid)" in text
    assert "config/" not in text, "folders of the server stay there"


def test_links_are_used_where_they_are_known() -> None:
    text = written(policy(), rule="https://g.example/r/1", async_template="https://g.example/t")
    assert "https://g.example/r/1" in text and "https://g.example/t" in text


def test_times_are_told_in_the_meetings_own_zone_and_the_window_in_the_persons() -> None:
    text = written(policy(), replace(invitation(), zone="America/New_York"))
    assert "Tue 24 Nov 08:00-09:00 (America/New_York)" in text
    assert "09:00-13:00 (Europe/Madrid)" in text


@pytest.mark.parametrize(
    ("address", "name", "greeted"),
    [
        ("ben@acme.example", "Ben Oto", "Ben"),
        ("ben@acme.example", "Oto, Ben", "Ben"),
        ("ben@acme.example", "Dr. Ben Oto", "Ben"),
        ("ben.oto@acme.example", "ben.oto@acme.example", "Ben"),
        ("ben@acme.example", " ", "Ben"),
        ("ben@acme.example", "Oto,", "Oto"),
        (".ben@client.example", "", "Ben"),
        ("...@client.example", "", "...@client.example"),
        ("", "Ben", "Ben"),
    ],
)
def test_organisers_are_greeted_by_their_first_name(address: str, name: str, greeted: str) -> None:
    text = written(policy(), replace(invitation(), organizer=address, organizer_name=name))
    assert text.startswith(f"Hi {greeted}, ")


def test_what_a_policys_own_message_leaves_out_is_added() -> None:
    text = written(custom("No, {{ organizer.first_name }}."))
    assert text.startswith("No, Ben.\n")
    for part in ("Tue 24 Nov 14:00-15:00", "written", "Urgent? Put [urgent] in the title", 'rule "focus-time"'):
        assert part in text


def test_a_policys_own_message_that_says_it_all_stays_as_it_is() -> None:
    whole = "{{ rule.id }}: {{ alternatives | join(', ') }}. A written update? Urgent? Call."
    assert written(custom(whole)) == (
        "focus-time: Tue 24 Nov 14:00-15:00 (Europe/Madrid). A written update? Urgent? Call."
    )


def test_no_alternatives_and_no_names_read_well_too() -> None:
    bare = replace(invitation(), organizer="", organizer_name="", title="", attendees=(), private=True)
    text = comment(policy(), decision(bare), member())
    assert text.startswith("Hi, thank you") and "Times that work" not in text and "{{" not in text


def test_a_free_day_names_the_day_and_the_team() -> None:
    rule = replace(focus_rule("free"), type="meeting_free_day", for_=(Scope(ScopeKind.TEAM, "design"),))
    made = replace(decision(invitation(), rule="free"), window="Wednesday")
    text = comment(policy(rule), made, member(teams=("all", "design")))
    assert "Wednesday is a day without meetings for design" in text


def test_a_missing_agenda_is_due_in_time() -> None:
    rule = Rule("agenda", "agenda_required", AgendaRequired(timedelta(hours=24)), "decline", PLACE, "p", message="own")
    rules = replace(policy(rule), messages=(("own", "by {{ rule.due }}"),))
    assert comment(rules, decision(invitation(), rule="agenda"), member()).startswith("by Mon 23 Nov 10:00")


@pytest.mark.parametrize(
    ("entries", "opens", "words"),
    [
        ((), None, ""),
        ((URGENT,), None, "[urgent]"),
        ((URGENT, INCIDENT), None, "[urgent] or [incident]"),
        ((URGENT, INCIDENT), ("incident",), "[incident]"),
        ((INTERVIEWS, CLIENTS), None, ""),
        ((replace(INTERVIEWS, per_organizer_week=1),), None, '"interview" or "candidate"'),
        ((replace(URGENT, for_=(Scope(ScopeKind.PERSON, "x@acme.example"),)),), None, ""),
        (
            (Bypass("any", Matcher(any=(Matcher(title=("[sos]", "[s*]")), Matcher(external=True))), PLACE),),
            None,
            "[sos]",
        ),
    ],
)
def test_only_words_that_really_let_somebody_through_are_offered(
    entries: tuple[Bypass, ...], opens: tuple[str, ...] | None, words: str
) -> None:
    rule = replace(focus_rule(), bypass=opens)
    assert urgent_words(policy(rule, bypass=entries), rule, member(ANA)) == words


@given(st.text(max_size=4000), st.text(max_size=300), st.integers(0, 20), st.sampled_from(["decline", "tentative"]))
def test_never_longer_than_two_thousand_characters_and_always_with_the_rule(
    own: str, title: str, repeats: int, outcome: str
) -> None:
    plain = own.replace("{", "(").replace("}", ")").replace("\r", "")
    rules = custom(plain + " {{ meeting.title }}" * repeats)
    made = replace(decision(replace(invitation(), title=title)), outcome=Outcome(outcome))
    text = comment(rules, made, member(), [span(14, 15, 1)] * 5)
    assert len(text) <= 2000 and "focus-time" in text and "rgent" in text


def test_a_block_says_who_made_it_under_which_rule_and_how_to_be_left_alone() -> None:
    text = block_description(replace(focus_rule(), place=Place("/srv/acme/policies.yaml", 12)))
    for part in ("calendar guardian", "focus-time", "(policies.yaml:12)", "To be left alone"):
        assert part in text
