"""A pass told to a person at a terminal: what was done, and why."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

from guardian.cli.output import colour, printable

BOLD, DIM, RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
COLOURS = {
    "decline": "\x1b[31m",
    "tentative": "\x1b[33m",
    "flag": "\x1b[36m",
    "notify": "\x1b[36m",
    "shorten": "\x1b[35m",
}
HEADINGS = {
    "decline": "Declined",
    "tentative": "Answered tentatively",
    "shorten": "Shortened",
    "notify": "Notices (a label on the person's own copy)",
    "flag": "Flagged (a label on the person's own copy)",
    "observe": "Observed (only recorded)",
    "none": "Let through",
}
WOULD = {
    "decline": "Would decline",
    "tentative": "Would answer tentatively",
    "shorten": "Would shorten",
    "notify": "Would notify (a label on the person's own copy)",
    "flag": "Would flag (a label on the person's own copy)",
}
MOST = 12
"""Entries of one kind that are told one by one."""


def story(body: Mapping[str, Any], zones: Mapping[str, str], news: Collection[str], *, most: int = MOST) -> str:
    """The text of a `guardian.run/1` report. `zones` gives each person's IANA zone, in which times are told; `news` are
    the ids of decisions that are new in this pass: those that stand from earlier ones are only counted."""
    lines = [_headline(body), *calendars_text(body["calendars"]), ""]
    fresh = [d for d in body["decisions"] if d["id"] in news]
    for outcome in HEADINGS:
        entries = [d for d in fresh if d["outcome"] == outcome]
        if entries:
            lines += [*_section(outcome, entries, zones, most, dry=body["dry_run"]), ""]
    standing = len(body["decisions"]) - len(fresh)
    if standing:
        lines += [_paint(f"{standing} decisions stand from earlier passes: `guardian decisions list`", DIM), ""]
    lines.append(_sum(body))
    return "\n".join(lines)


def _headline(body: Mapping[str, Any]) -> str:
    kind = "Dry pass" if body["dry_run"] else "Pass"
    version = body["policy_version"].removeprefix("sha256:")[:12]
    text = _paint(f"{kind} at {body['as_of'].replace('T', ' ').replace('Z', ' UTC')}", BOLD) + f", policy {version}"
    if body.get("policy_accepted"):
        text += "\nThis policy version is new: nothing was written. It is accepted now, and the next pass acts."
    if body.get("last_good_policy"):
        text += "\nThe policy file is broken: the last good version goes on. Run `guardian policy check`."
    for note in body.get("directory", ()):
        text += f"\n! {printable(note, 300)}"
    return text


def calendars_text(found: Mapping[str, Any]) -> list[str]:
    if not found["total"]:
        return ["No calendar was asked."]
    many = "calendar" if found["total"] == 1 else "calendars"
    lines = [
        f"{found['total']} {many}: {found['synced']} read ({found['unchanged']} unchanged), {len(found['failed'])} failed"
    ]
    return lines + [f"  ! {f['person']}: {f['error']}: {printable(f['detail'], 160)}" for f in found["failed"]]


def _section(
    outcome: str, entries: Sequence[Mapping[str, Any]], zones: Mapping[str, str], most: int, *, dry: bool
) -> list[str]:
    heading = WOULD.get(outcome, HEADINGS[outcome]) if dry else HEADINGS[outcome]
    lines = [_paint(f"{heading}: {len(entries)}", COLOURS.get(outcome, "") + BOLD)]
    groups = _alike(entries)
    for group in groups[:most]:
        lines += _entry(group, zones.get(group[0]["person"], "UTC"), dry=dry)
    rest = sum(map(len, groups[most:]))
    return [*lines, _paint(f"  and {rest} more: `guardian decisions list`", DIM)] if rest else lines


def _alike(entries: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """One meeting's occurrences and people together, by the first start: a standup is told once, not forty times."""
    groups: dict[tuple[object, ...], list[Mapping[str, Any]]] = {}
    for entry in sorted(entries, key=lambda e: (e["meeting"]["start"], e["person"])):
        meeting = entry["meeting"]
        about = (meeting["key"].partition("/")[0], meeting["title"], entry["rule"], entry["bypass"], entry["state"])
        groups.setdefault(about, []).append(entry)
    return list(groups.values())


def _entry(group: Sequence[Mapping[str, Any]], zone: str, *, dry: bool) -> list[str]:
    entry = group[0]
    meeting = entry["meeting"]
    title = printable(meeting["title"] or "(no title)", 44)
    state = "" if dry or entry["state"] in {"done", "recorded"} else f"  [{entry['state']}]"
    first = f"  {span(meeting['start'], meeting['end'], zone)}  {title}  ·  {_crowd(group)}{state}"
    by = entry["rule"] or entry["bypass"]
    return [first, _paint(f"      {by} {_place(entry['where'])}{printable(entry['reason'], 150)}", DIM)]


def _crowd(group: Sequence[Mapping[str, Any]]) -> str:
    people = {entry["person"] for entry in group}
    times = len({entry["meeting"]["start"] for entry in group})
    who = group[0]["person"] if len(people) == 1 else f"{group[0]['person']} and {len(people) - 1} more"
    return who if times == 1 else f"{who}, {times} times"


def _place(where: str) -> str:
    """`(policies.yaml:85) `: the folder is known to whoever reads this."""
    return f"({PurePath(where).name}) " if where else ""


def span(start: str, end: str, zone: str) -> str:
    """`Tue 24 Nov 10:00-10:30` on the person's clock, or the days of an all-day event."""
    if "T" not in start:
        first = date.fromisoformat(start)
        return f"{first:%a %d %b} all day"
    begin, finish = (datetime.fromisoformat(t).astimezone(UTC).astimezone(ZoneInfo(zone)) for t in (start, end))
    return f"{begin:%a %d %b %H:%M}-{finish:%H:%M}"


def _sum(body: Mapping[str, Any]) -> str:
    acts, blocks = body["actions"], body["focus_blocks"]
    text = f"{acts['done']} done, {acts['held']} held, {acts['skipped']} skipped, {acts['failed']} failed"
    text += f"; focus blocks: {blocks['booked']} booked, {blocks['moved']} moved, {blocks['removed']} removed"
    if body.get("focus_minutes"):
        text += f" ({body['focus_minutes'] / 60:.1f} h of focus kept)"
    return text


def _paint(text: str, code: str) -> str:
    return f"{code}{text}{RESET}" if code and colour() else text


def explanation_text(body: Mapping[str, Any], zone: str) -> str:
    """`guardian explain`: the meeting, every step tried, and what it comes to."""
    meeting = body["meeting"]
    title = printable(meeting["title"] or "(no title)", 70)
    lines = [
        f"{title}, {span(meeting['start'], meeting['end'], zone)} ({zone}), on the calendar of {body['person']}",
        "",
    ]
    lines += steps_text(body["trace"])
    mode = f" in {body['mode']}" if body["mode"] else ""
    rule = f" by {body['rule']}{mode}" if body["rule"] else ""
    why = body.get("because", body["reason"])
    lines.append(_paint(f"=> {body['outcome']}{rule}: {printable(why, 200)}", BOLD))
    return "\n".join([*lines, _paint(f"   policy {body['policy_version']}", DIM)])


def steps_text(trace: Sequence[Mapping[str, str]]) -> list[str]:
    """One line a step, aligned."""
    width = max((len(item["id"]) for item in trace), default=0)
    return [
        f"{item['step']:<7} {item['id']:<{width}}  {item['result']:<11} {printable(item['reason'], 200)}"
        + (f"  ({item['where']})" if item["where"] else "")
        for item in trace
    ]


def decision_text(body: Mapping[str, Any], zone: str) -> str:
    """`guardian decisions show`: as explained when it was decided, and where it stands."""
    told = explanation_text(body, zone)
    held = f", held until {clock(body['hold_until'], zone)}" if body["hold_until"] else ""
    note = f" ({printable(body['reason'], 200)})" if body["reason"] != body["because"] else ""
    return f"{told}\n   decided {clock(body['decided_at'], zone)}, {body['state']}{held}{note}, run {body['run']}"


def clock(moment: str, zone: str) -> str:
    """`Tue 24 Nov 10:00` on the person's clock."""
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)):%a %d %b %H:%M}"
