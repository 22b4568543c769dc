"""Decisions and actions as JSON text."""

from collections.abc import Callable, Mapping
from typing import Any

from guardian.model.actions import (
    Action,
    Answer,
    BookFocus,
    Decision,
    Effect,
    Flag,
    Mode,
    MoveFocus,
    Outcome,
    Precondition,
    RemoveFocus,
    Restore,
    Shorten,
    TraceStep,
    Unflag,
)
from guardian.model.events import Response
from guardian.model.time import Interval
from guardian.store.codec import (
    COMMENT,
    VERSION,
    Json,
    clean,
    dump,
    interval_in,
    interval_out,
    load,
    meeting_in,
    meeting_out,
    occurrence_in,
    occurrence_out,
    ref_in,
    ref_out,
    when_in,
    when_out,
)


def _span(pair: list[str]) -> Interval:
    interval = interval_in(pair)
    assert interval is not None
    return interval


def effect_out(effect: Effect) -> Json:
    """`do` names the kind of effect; the other fields are its own."""
    match effect:
        case Answer(response, comment, proposed):
            text = {"do": "answer", "response": str(response), "comment": clean(comment, COMMENT)}
            return text | ({"proposed": when_out(proposed)} if proposed else {})
        case Restore(response, comment):
            return {"do": "restore", "response": str(response), "comment": clean(comment, COMMENT)}
        case Flag(label):
            return {"do": "flag", "label": clean(label)}
        case Unflag(labels):
            return {"do": "unflag", "labels": [clean(label) for label in labels]}
        case Shorten(when):
            return {"do": "shorten", "when": when_out(when)}
        case BookFocus() | MoveFocus() | RemoveFocus():
            return _focus_out(effect)


def _focus_out(effect: BookFocus | MoveFocus | RemoveFocus) -> Json:
    match effect:
        case BookFocus(block, zone, title, description):
            text = {"title": clean(title), "description": clean(description, COMMENT)}
            return {"do": "book", "block": when_out(block), "zone": clean(zone), **text}
        case MoveFocus(block, zone):
            return {"do": "move", "block": when_out(block), "zone": clean(zone)}
        case RemoveFocus():
            return {"do": "remove"}


_EFFECTS: Mapping[str, Callable[[Json], Effect]] = {
    "answer": lambda d: Answer(
        Response(d["response"]), d["comment"], _span(d["proposed"]) if "proposed" in d else None
    ),
    "restore": lambda d: Restore(Response(d["response"]), d["comment"]),
    "flag": lambda d: Flag(d["label"]),
    "unflag": lambda d: Unflag(tuple(d["labels"])),
    "shorten": lambda d: Shorten(_span(d["when"])),
    "book": lambda d: BookFocus(_span(d["block"]), d["zone"], d["title"], d["description"]),
    "move": lambda d: MoveFocus(_span(d["block"]), d["zone"]),
    "remove": lambda _: RemoveFocus(),
}


def effect_in(data: Json) -> Effect:
    return _EFFECTS[data["do"]](data)


def expects_out(expects: Precondition) -> Json:
    return {
        "when": when_out(expects.when) if expects.when else None,
        "response": expects.response and str(expects.response),
        "organizer": clean(expects.organizer),
        "etag": None if expects.etag is None else clean(expects.etag),
    }


def expects_in(data: Json) -> Precondition:
    return Precondition(
        when=when_in(data["when"]) if data["when"] else None,
        response=Response(data["response"]) if data["response"] else None,
        organizer=data["organizer"],
        etag=data["etag"],
    )


def action_text(action: Action) -> str:
    return dump(
        {
            "v": VERSION,
            "key": clean(action.key),
            "mailbox": clean(action.mailbox),
            "ref": action.ref and ref_out(action.ref),
            "meeting": action.meeting and meeting_out(action.meeting),
            "rule": clean(action.rule),
            "expects": expects_out(action.expects),
            "effect": effect_out(action.effect),
        }
    )


def read_action(text: str) -> Action:
    data = load(text)
    return Action(
        key=data["key"],
        mailbox=data["mailbox"],
        ref=ref_in(data["ref"]) if data["ref"] else None,
        meeting=meeting_in(data["meeting"]) if data["meeting"] else None,
        rule=data["rule"],
        expects=expects_in(data["expects"]),
        effect=effect_in(data["effect"]),
    )


def step_out(step: TraceStep) -> list[str]:
    return [clean(text) for text in (step.step, step.id, step.result, step.reason, step.where)]


def decision_text(decision: Decision) -> str:
    return dump({"v": VERSION, **_verdict_out(decision), **_grounds_out(decision)})


def _verdict_out(decision: Decision) -> Json:
    return {
        "member": clean(decision.member),
        "occurrence": occurrence_out(decision.occurrence),
        "outcome": str(decision.outcome),
        "rule": decision.rule and clean(decision.rule),
        "mode": decision.mode and str(decision.mode),
        "reason": clean(decision.reason, COMMENT),
        "policy_version": clean(decision.policy_version),
        "would": decision.would and str(decision.would),
        "new_when": interval_out(decision.new_when),
    }


def _grounds_out(decision: Decision) -> Json:
    return {
        "bypass": None if decision.bypass is None else clean(decision.bypass),
        "where": clean(decision.where),
        "flagged_by": [clean(rule) for rule in decision.flagged_by],
        "uses": [clean(entry) for entry in decision.uses],
        "window": clean(decision.window),
        "trace": [step_out(step) for step in decision.trace],
    }


def read_decision(text: str) -> Decision:
    data = load(text)
    return Decision(
        member=data["member"],
        occurrence=occurrence_in(data["occurrence"]),
        outcome=Outcome(data["outcome"]),
        rule=data["rule"],
        mode=Mode(data["mode"]) if data["mode"] else None,
        reason=data["reason"],
        policy_version=data["policy_version"],
        would=Outcome(data["would"]) if data["would"] else None,
        new_when=interval_in(data["new_when"]),
        **_grounds_in(data),
    )


def _grounds_in(data: Json) -> dict[str, Any]:
    return {
        "bypass": data["bypass"],
        "where": data["where"],
        "flagged_by": tuple(data["flagged_by"]),
        "uses": tuple(data["uses"]),
        "window": data["window"],
        "trace": tuple(TraceStep(*parts) for parts in data["trace"]),
    }
