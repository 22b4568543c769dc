"""The health of a calendar, and a person's "no", as JSON text."""

from guardian.model.events import BadEvent
from guardian.model.ledger import Veto
from guardian.ports import CalendarState
from guardian.store.codec import (
    TITLE,
    VERSION,
    Json,
    bad_out,
    clean,
    dump,
    instant_in,
    instant_out,
    interval_in,
    interval_out,
    load,
    meeting_in,
    meeting_out,
    when_in,
    when_out,
)

MOMENTS = ("last_success", "last_attempt", "last_full", "settings_read", "retry_at")


def state_text(state: CalendarState) -> str:
    moments = {name: getattr(state, name) for name in MOMENTS}
    return dump(
        {
            "v": VERSION,
            "mailbox": clean(state.mailbox),
            "provider": clean(state.provider),
            "cursor": None if state.cursor is None else clean(state.cursor),
            "window": interval_out(state.window),
            "timezone": None if state.timezone is None else clean(state.timezone),
            "error": None if state.error is None else clean(state.error),
            "detail": clean(state.detail, TITLE),
            "quarantined": [bad_out(bad) for bad in state.quarantined],
            "suspicious": [[clean(at), count] for at, count in state.suspicious],
            **{name: value and instant_out(value) for name, value in moments.items()},
        }
    )


def read_state(text: str) -> CalendarState:
    data = load(text)
    return CalendarState(
        mailbox=data["mailbox"],
        provider=data["provider"],
        cursor=data["cursor"],
        window=interval_in(data["window"]),
        timezone=data["timezone"],
        error=data["error"],
        detail=data["detail"],
        quarantined=tuple(BadEvent(*parts) for parts in data["quarantined"]),
        suspicious=tuple((at, count) for at, count in data["suspicious"]),
        **{name: instant_in(data[name]) if data[name] else None for name in MOMENTS},
    )


def veto_out(veto: Veto) -> Json:
    return {
        "v": VERSION,
        "mailbox": clean(veto.mailbox),
        "meeting": meeting_out(veto.meeting),
        "when": when_out(veto.when),
        "rule": clean(veto.rule),
    }


def read_veto(text: str) -> Veto:
    data = load(text)
    return Veto(data["mailbox"], meeting_in(data["meeting"]), when_in(data["when"]), data["rule"])
