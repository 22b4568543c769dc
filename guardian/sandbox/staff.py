"""Who works at Acme: thirty people in four teams and three time zones, rooms, and the people they talk to outside."""

from dataclasses import dataclass, replace

DOMAIN = "acme.example"
BERLIN, LISBON, NEW_YORK = "Europe/Berlin", "Europe/Lisbon", "America/New_York"

_TEAMS = {
    ("platform", BERLIN): (
        "Jonas Weber, Mara Lindqvist, Felix Brandt, Aylin Demir, Tobias Kern, Nadia Petrova, Paul Hoffmann, Lea Schubert, Emeka Obi"
    ),
    (
        "product",
        BERLIN,
    ): "Clara Vogt, Hugo Martens, Sofia Ricci, Anton Berg, Yuki Tanaka, Greta Paulsen, Milan Novak, Ida Falk",
    (
        "studio-lisbon",
        LISBON,
    ): "Ines Carvalho, Rui Almeida, Marta Sousa, Tiago Pinto, Beatriz Lopes, Diogo Ramos, Carla Mendes",
    ("growth", NEW_YORK): "Dana Whitfield, Marcus Reed, Priya Nair, Owen Gallagher, Luz Ortega, Sam Kowalski",
}
_MORE_FIRST = (
    "Alba",
    "Bruno",
    "Celia",
    "Dario",
    "Elena",
    "Fynn",
    "Gloria",
    "Henri",
    "Iris",
    "Jannis",
    "Karla",
    "Liam",
    "Mila",
    "Nils",
)
_MORE_LAST = (
    "Adler",
    "Beck",
    "Cordes",
    "Dietz",
    "Eklund",
    "Fuchs",
    "Grau",
    "Hauser",
    "Immel",
    "Jansen",
    "Keller",
    "Lorenz",
    "Maurer",
)

ROOMS = {"room-spree": "Spree (8)", "room-havel": "Havel (4)", "room-tejo": "Tejo (10)", "room-hudson": "Hudson (6)"}

CLIENT = "kim.larsen@northwind.example"
CLIENT_LEAD = "peter.novak@northwind.example"
BANK = "helen.cho@harborbank.example"
VENDOR = "ruth.meyer@salesforge.example"
AGENCY = "leo.blanc@talentbridge.example"
CANDIDATES = ("nora.stein@mailbox.example", "ali.reza@mailbox.example", "june.park@mailbox.example")


@dataclass(frozen=True)
class Member:
    """One employee; the first of a team leads it."""

    email: str
    name: str
    zone: str
    team: str
    lead: bool
    service: str = "google"


def address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@{DOMAIN}"


def members(count: int = 30) -> list[Member]:
    """The thirty, or fewer of them, or more: further people form squads of eight in Berlin."""
    staff = [
        Member(address(name), name, zone, team, lead=place == 0)
        for (team, zone), names in _TEAMS.items()
        for place, name in enumerate(names.split(", "))
    ]
    staff += [_further(number) for number in range(count - len(staff))]
    return staff[:count]


def on_both(staff: list[Member]) -> list[Member]:
    """Every second member of each team lives on Outlook, leads of every other team among them."""
    crews = teams(staff)
    outlook = {m.email for n, crew in enumerate(crews.values()) for place, m in enumerate(crew) if (place + n) % 2}
    return [replace(m, service="outlook" if m.email in outlook else "google") for m in staff]


def _further(number: int) -> Member:
    first = _MORE_FIRST[number % len(_MORE_FIRST)]
    last = _MORE_LAST[number // len(_MORE_FIRST) % len(_MORE_LAST)]
    round_ = number // (len(_MORE_FIRST) * len(_MORE_LAST))
    name = f"{first} {last}" + (f" {round_ + 1}" if round_ else "")
    return Member(address(name), name, BERLIN, f"squad-{number // 8 + 1}", lead=number % 8 == 0)


def teams(staff: list[Member]) -> dict[str, list[Member]]:
    """Members by team, leads first."""
    grouped: dict[str, list[Member]] = {}
    for member in staff:
        grouped.setdefault(member.team, []).append(member)
    return grouped
