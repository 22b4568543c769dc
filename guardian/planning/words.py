"""The words the guardian leaves in calendars: what goes with an answer, and what stands in a focus block."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from zoneinfo import ZoneInfo

from guardian.model.actions import Decision
from guardian.model.events import Occurrence
from guardian.model.people import Member, Person
from guardian.model.time import Interval, local_date, starts_at, zone_named
from guardian.policy.model import AgendaRequired, Bypass, Matcher, Place, PolicySet, Rule, ScopeKind
from guardian.policy.scopes import applies
from guardian.policy.templates import MAX_OUTPUT, render
from guardian.policy.texts import default_text
from guardian.policy.wording import clock_text, day_text, either

BLOCK_TITLE = "Focus time"

URGENT_WORDS = 2
"""So many title words are offered for urgent things at most."""

WRITTEN = "If a written update does, just send it; it will be read."


def comment(
    policy: PolicySet,
    decision: Decision,
    member: Member,
    alternatives: Sequence[Interval] = (),
    links: Mapping[str, str] | None = None,
) -> str:
    """The text of a decline or tentative answer: the policy's message or the built-in one, at most 2,000 characters.

    Whatever the policy's message leaves out is added: the rule, free times, the written way and the way for urgent things.
    Times are shown in the meeting's own zone, else the person's. `links` may give `policy`, `rule` and `async_template`.
    """
    rule = policy.rule(decision.rule or "")
    if rule is None:
        return render(
            default_text("", decision.outcome), _variables(policy, decision, None, member, alternatives, links)
        )
    variables = _variables(policy, decision, rule, member, alternatives, links)
    own = policy.message(rule.message) if rule.message else None
    text = render(own or default_text(rule.type, decision.outcome), variables)
    missing = "\n".join(_missing(text, variables))
    if not missing:
        return text
    room = MAX_OUTPUT - len(missing) - 4
    return f"{text if len(text) <= room else text[:room] + '...'}\n{missing}"


def brief(policy: PolicySet, decision: Decision, member: Member) -> str:
    """One line: the rule and the way for urgent things, for an organiser who reads the whole text in somebody else's answer
    to the same meeting."""
    rule = policy.rule(decision.rule or "")
    if rule is None:
        return "Sent by the calendar guardian."
    urgent = _urgent(urgent_words(policy, rule, member), member.person.first_name)
    return f'Sent by the calendar guardian, rule "{rule.id}": {_place(rule.place)}. {urgent}'


def block_description(rule: Rule) -> str:
    """Who made the block, under which rule, and how to be left alone."""
    return (
        f"Booked by the calendar guardian under the team's rule '{rule.id}' ({_place(rule.place)}). "
        "It is laid around what you accepted and follows your calendar. "
        "To be left alone, move or delete it: the guardian then books nothing on that day again. "
        "To stop it for good, change the rule in the policy file."
    )


# --- variables -------------------------------------------------------------------------------------------------------


def _variables(
    policy: PolicySet,
    decision: Decision,
    rule: Rule | None,
    member: Member,
    alternatives: Sequence[Interval],
    links: Mapping[str, str] | None,
) -> dict[str, object]:
    occurrence, known = decision.occurrence, links or {}
    zone = _zone(occurrence, member)
    return {
        "organizer.first_name": _organizer(occurrence),
        "person.first_name": member.person.first_name,
        "person.name": member.person.name or member.person.first_name,
        "team.name": _team(rule, member),
        "meeting.title": occurrence.title,
        "alternatives": [slot_text(slot, zone) for slot in alternatives],
        "links.async_template": known.get("async_template", ""),
        "links.policy": known.get("policy", ""),
        **(_about_rule(policy, decision, rule, member, zone, known) if rule else {}),
    }


def _about_rule(
    policy: PolicySet, decision: Decision, rule: Rule, member: Member, zone: ZoneInfo, links: Mapping[str, str]
) -> dict[str, object]:
    free_day = rule.type == "meeting_free_day"
    foreign = decision.window and not free_day and zone != member.zone
    return {
        "rule.id": rule.id,
        "rule.window": f"{decision.window} ({member.zone.key})" if foreign else decision.window,
        "rule.day": decision.window if free_day else "",
        "rule.due": _due(rule, decision.occurrence, zone),
        "rule.link": links.get("rule") or links.get("policy") or _place(rule.place),
        "rule.urgent": urgent_words(policy, rule, member),
    }


def slot_text(slot: Interval, zone: ZoneInfo) -> str:
    """`Tue 24 Nov 14:00-14:25 (Europe/Madrid)`."""
    return f"{_moment(slot.start, zone)}-{clock_text(slot.end, zone)} ({zone.key})"


def _moment(instant: datetime, zone: ZoneInfo) -> str:
    return f"{day_text(local_date(instant, zone))} {clock_text(instant, zone)}"


def _zone(occurrence: Occurrence, member: Member) -> ZoneInfo:
    return zone_named(occurrence.zone) if occurrence.zone else member.zone


def _organizer(occurrence: Occurrence) -> str:
    if not occurrence.organizer and not occurrence.organizer_name.strip():
        return ""
    return Person(occurrence.organizer or "x@", "", occurrence.organizer_name.strip()).first_name


def _team(rule: Rule | None, member: Member) -> str:
    named = (s.name for s in (rule.for_ if rule else ()) if s.kind is ScopeKind.TEAM and s.name in member.teams)
    return next(named, next(iter(member.teams), ""))


def _due(rule: Rule, occurrence: Occurrence, zone: ZoneInfo) -> str:
    if not isinstance(rule.condition, AgendaRequired):
        return ""
    return _moment(starts_at(occurrence.when, zone) - rule.condition.due_before, zone)


def _place(place: Place) -> str:
    """Without folders: those of a server are nobody else's business."""
    return f"{PurePath(place.file).name}:{place.line}"


# --- the way through -------------------------------------------------------------------------------------------------


def urgent_words(policy: PolicySet, rule: Rule, member: Member) -> str:
    """The title words that let an urgent meeting through this rule, as `[urgent] or [incident]`; empty when there are none.

    Only words of entries that ask for nothing else help a sender. Words in brackets are made for the purpose; other words
    count where the entry has a limit ("interview" lets interviews through, it is no call for help).
    """
    entries = [b for b in policy.bypass if applies(b.for_, (), member) and (rule.bypass is None or b.id in rule.bypass)]
    words = [(word, entry) for entry in entries for word in _title_words(entry.when)]
    bracketed = [word for word, _ in words if word.startswith("[") and word.endswith("]")]
    limited = [f'"{word}"' for word, entry in words if _limited(entry)]
    return either(list(dict.fromkeys(bracketed or limited))[:URGENT_WORDS])


def _limited(entry: Bypass) -> bool:
    return entry.per_organizer_week is not None


def _title_words(matcher: Matcher) -> Iterator[str]:
    if matcher == Matcher(title=matcher.title):
        yield from (word for word in matcher.title or () if "*" not in word)
    if matcher == Matcher(any=matcher.any):
        for inner in matcher.any or ():
            yield from _title_words(inner)


def _missing(text: str, variables: Mapping[str, object]) -> Iterator[str]:
    """What a policy's own message does not say, line by line."""
    lower, slots = text.lower(), variables["alternatives"]
    if isinstance(slots, list) and slots and not any(slot in text for slot in slots):
        yield f"Times that work for everybody we can see: {', '.join(slots)}."
    if "written" not in lower and "in writing" not in lower:
        yield WRITTEN
    if "urgent" not in lower:
        yield _urgent(str(variables["rule.urgent"]), str(variables["person.first_name"]))
    if str(variables["rule.id"]) not in text:
        yield f'Sent by the calendar guardian, rule "{variables["rule.id"]}": {variables["rule.link"]}'


def _urgent(words: str, person: str) -> str:
    if words:
        return f"Urgent? Put {words} in the title, or write to {person} directly."
    return f"Urgent? Write to {person} directly, and a person will look."
