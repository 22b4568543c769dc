"""What several pages need."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Query
from markupsafe import Markup

from guardian.bootstrap import Guardian
from guardian.engine.people import zone_of
from guardian.model.events import Occurrence
from guardian.model.people import Member
from guardian.reports.run import PRIVATE_TITLE
from guardian.web.access import Caller

NO_TITLE = "(no title)"
HIDDEN_TITLE = "(title not shown)"

NOTICES: Mapping[str, str] = {
    "vetoed": "Vetoed. It is not done, and the rule leaves this meeting alone at this time.",
    "approved": "Approved. The next pass does it, if everything still holds.",
    "undone": "Taken back. What stood before stands again, and the rule leaves this meeting alone at this time.",
    "undone-vetoed": "It had not been done yet, and will not be.",
    "delegate-named": "Your delegate is named and sees your pages from now on.",
    "delegate-dropped": "The delegate does not see your pages any more.",
    "mail-stopped": "You get no more mails of this kind.",
    "mail-resumed": "You get this mail again.",
}
"""By code: an address never brings words of its own onto a page."""

Done = Annotated[str, Query(max_length=40)]
Filter = Annotated[str, Query(max_length=400)]


def notice(code: str) -> str:
    """What was just done, in words; empty for a code that nobody knows."""
    return NOTICES.get(code, "")


def zone_of_caller(guardian: Guardian, caller: Caller) -> str:
    """Where the visitor reads times."""
    return zone_of(guardian.engine, caller.person) if caller.person else guardian.engine.fallback_zone


def zones(people: Mapping[str, Member], fallback: str) -> "Zones":
    return Zones({email: str(member.zone) for email, member in people.items()}, fallback)


class Zones:
    """In which zone each person's times are told."""

    def __init__(self, known: Mapping[str, str], fallback: str) -> None:
        self._known, self._fallback = known, fallback

    def of(self, email: str) -> str:
        return self._known.get(email, self._fallback)


def title_of(occurrence: Occurrence, *, titles: bool) -> str:
    """The title as this visitor may read it."""
    if occurrence.private:
        return PRIVATE_TITLE
    return (occurrence.title.strip() or NO_TITLE) if titles else HIDDEN_TITLE


def svg(text: str) -> Markup:
    """A chart of ours, which has escaped everything in it."""
    return Markup(text)  # noqa: S704 - made by guardian.reports.svg
