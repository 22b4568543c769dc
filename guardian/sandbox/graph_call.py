"""One request on its way through Microsoft Graph."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from guardian.sandbox import graph_ids, graph_view
from guardian.sandbox.copies import Calendar, Copy
from guardian.sandbox.graph_errors import bad_request, conflict, not_in_store
from guardian.sandbox.graph_times import Preferences, preferences
from guardian.sandbox.listing import one
from guardian.sandbox.microsoft_switches import MicrosoftSwitches
from guardian.sandbox.moments import Body
from guardian.sandbox.store import Person, Store
from guardian.sandbox.wire import Answer, Request

if TYPE_CHECKING:
    from guardian.sandbox.graph_routes import GraphService

MOST_ROWS = 1000


@dataclass
class Call:
    """Who is asked about, with which parameters."""

    service: "GraphService"
    request: Request
    person: Person | None = None

    @property
    def store(self) -> Store:
        return self.service.store

    @property
    def root(self) -> str:
        return self.service.root

    @property
    def switches(self) -> MicrosoftSwitches:
        return self.store.microsoft

    @property
    def email(self) -> str:
        return self.person.email if self.person else ""

    @property
    def calendar(self) -> Calendar:
        return self.store.calendar(self.email)

    @property
    def query(self) -> Mapping[str, list[str]]:
        return self.request.query

    @property
    def asked(self) -> Preferences:
        return preferences(self.request.headers)

    def body(self) -> Body:
        """The JSON object sent; names of action parameters arrive in both casings."""
        try:
            data = self.request.json()
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise bad_request("Unable to read JSON request payload.", "BadRequest")
        return data

    def copy(self, text: str) -> Copy:
        """The own copy of this id. Raises GraphError 404."""
        found = graph_ids.find(self.store, self.calendar, text)
        if found is None:
            raise not_in_store()
        return found

    def check_version(self, copy: Copy) -> None:
        """Compare If-Match with the copy; a switch refuses without it, too. Raises GraphError 412."""
        wanted = self.request.headers.get("if-match", "*")
        if wanted != "*" and graph_view.change_key(copy) not in wanted:
            raise conflict()
        if wanted == "*" and self.switches.conflict_without_if_match > 0:
            self.switches.conflict_without_if_match -= 1
            raise conflict()

    def show(self, copy: Copy, status: int = 200) -> Answer:
        row = graph_view.event(self.store, self.calendar, copy, self.asked)
        shown = {"@odata.context": f"{self.root}/v1.0/$metadata#users('x')/events/$entity"}
        chosen = graph_view.selected(row, names(self.query)) | expanded(copy, self.query)
        return Answer(status, shown | chosen)

    def page(self, rows: list[Body], default: int) -> Answer:
        """One page of rows, the next one by its offset."""
        size = self.page_size(default)
        start = self.number("$skip", 0)
        end = start + size
        data: Body = {"@odata.context": f"{self.root}/v1.0/$metadata#Collection", "value": rows[start:end]}
        if one(self.query, "$count") == "true":
            data["@odata.count"] = len(rows)
        if end < len(rows):
            data["@odata.nextLink"] = self.link({"$skip": str(end)})
        return Answer(200, data)

    def page_size(self, default: int) -> int:
        size = self.number("$top", self.asked.page_size or default)
        return min(size, MOST_ROWS, self.switches.page_size or MOST_ROWS)

    def number(self, name: str, default: int) -> int:
        text = one(self.query, name)
        if text is None:
            return default
        if not text.isdigit():
            raise bad_request(f"Invalid value '{text}' for {name}.", "ErrorInvalidUrlQuery")
        return int(text)

    def link(self, parameters: dict[str, str]) -> str:
        """The same address with other parameters, absolute."""
        query = {name: values[-1] for name, values in self.query.items()} | parameters
        return f"{self.root}{quote(self.request.path)}?{urlencode(query, safe='$:,')}"


Handler = Callable[..., Answer]


def names(query: Mapping[str, list[str]]) -> set[str]:
    return {name for text in query.get("$select", ()) for name in text.replace(" ", "").split(",") if name}


def expanded(copy: Copy, query: Mapping[str, list[str]]) -> Body:
    """`$expand=singleValueExtendedProperties($filter=id eq '...')`."""
    text = one(query, "$expand") or ""
    if "singleValueExtendedProperties" not in text:
        return {}
    _, quoted, rest = text.partition("id eq '")
    return graph_view.properties(copy, rest.partition("'")[0] if quoted else None)
