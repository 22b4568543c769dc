"""How the Microsoft side behaves where it is undocumented, unreliable or a matter of settings."""

from dataclasses import dataclass, field

from guardian.sandbox.moments import Body

FULL = frozenset(("Calendars.ReadWrite", "User.Read.All", "MailboxSettings.Read", "GroupMember.Read.All", "Mail.Send"))
READ_ONLY = frozenset(("Calendars.Read", "User.Read.All", "MailboxSettings.Read", "GroupMember.Read.All"))


@dataclass
class MicrosoftSwitches:
    """`permissions` are the application permissions granted (FULL, READ_ONLY, or any set); `allowed` limits the mailboxes
    (None: all of the tenant).

    `preserve_declined` names mailboxes that keep what they decline. `repeat_transaction` is what a known transactionId is
    answered with: "first-event" or "409". `exception_ids_change`: an occurrence gets another id when it becomes an exception.
    `hold_answers` keeps answers on their way until `World.deliver_answers`. `conflict_without_if_match` refuses that many
    writes with 412 although nobody asked. `calendar_view_filter` is what $filter on calendarView meets: "500" or "empty".
    Without `list_properties` lists leave extended properties out, whatever $expand asks for.

    Delta: `first_page_empty`, `early_masters_missing` (in a first round, series that began before the window come without
    their master), `duplicates` (every entry twice), `replays` (that many revisions come again), `delta_until` (later
    revisions of the world do not show yet).

    `page_size` caps every page. `most_in_flight` is the limit per mailbox, `retry_after` what its refusal says (None: nothing).
    `custom_zones` and `iana_zones` name mailboxes whose settings tell a custom zone or an IANA name; `working_hours` overrides
    the hours of a mailbox. `token_life` is in seconds; `shuffle_batch` mixes the parts of batch answers,
    `refuse_large_batches` throttles those beyond `most_in_flight` to one mailbox.
    """

    permissions: frozenset[str] = FULL
    allowed: frozenset[str] | None = None
    preserve_declined: frozenset[str] = frozenset()
    repeat_transaction: str = "first-event"
    exception_ids_change: bool = False
    hold_answers: bool = False
    conflict_without_if_match: int = 0
    calendar_view_filter: str = "500"
    list_properties: bool = True
    first_page_empty: bool = False
    early_masters_missing: bool = False
    duplicates: bool = False
    replays: int = 0
    delta_until: int | None = None
    page_size: int | None = None
    most_in_flight: int = 4
    retry_after: int | None = 1
    custom_zones: frozenset[str] = frozenset()
    iana_zones: frozenset[str] = frozenset()
    working_hours: dict[str, Body] = field(default_factory=dict)
    token_life: int = 3599
    shuffle_batch: bool = False
    refuse_large_batches: bool = False
