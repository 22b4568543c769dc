"""Laws of the facts: whatever was read before, the store is what was read last."""

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardian.model.events import Occurrence, Response
from guardian.store.codec import start_text
from guardian.store.database import SqlStore
from tests.store_world import later, meeting, slot, window_read

names = count()
copies = st.builds(
    lambda number, hour, title, response: (number, hour, title, response),
    st.integers(0, 5),
    st.integers(0, 1_400),
    st.sampled_from(("Planning", "Review")),
    st.sampled_from(Response),
)
reads = st.lists(st.lists(copies, max_size=6, unique_by=lambda c: c[0]), min_size=1, max_size=5)


def made(mailbox: str, copy: tuple[int, int, str, Response]) -> Occurrence:
    number, hour, title, response = copy
    return meeting(number, mailbox=mailbox, when=slot(hour), title=title, response=response)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(reads)
def test_the_store_is_what_was_read_last_and_history_ends_there(
    store: SqlStore, sequence: list[list[tuple[int, int, str, Response]]]
) -> None:
    mailbox = f"person-{next(names)}@acme.example"
    seen: dict[int, list[Occurrence]] = {}
    for turn, copies_read in enumerate(sequence):
        read = [made(mailbox, copy) for copy in copies_read]
        store.facts.replace_window(window_read(*read, mailbox=mailbox), later(turn))
        for copy, occurrence in zip(copies_read, read, strict=True):
            history = seen.setdefault(copy[0], [])
            if history[-1:] != [occurrence]:
                history.append(occurrence)
    found = store.facts.occurrences(mailbox)
    assert sorted((f.occurrence for f in found), key=lambda o: o.ref) == sorted(read, key=lambda o: o.ref)
    assert [f.occurrence.when for f in found] == sorted((o.when for o in read), key=start_text)
    for history in seen.values():
        assert [version for _, version in store.facts.versions(mailbox, history[0].meeting)] == history
