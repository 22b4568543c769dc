"""The stable codes of findings: G1xx error, G2xx notice, G3xx warning. A number, once released, is never reused."""

CODES: dict[str, str] = {
    "G100": "the file is not valid YAML",
    "G101": "the file is too large, too deep or has too many values (256 KiB, 20 levels, 20,000 values)",
    "G102": "what cannot be read: a file that is not there, not UTF-8, control characters, invisible direction marks",
    "G103": "a feature of YAML that policies do not use: anchors, aliases, merge keys, tags, several documents",
    "G104": "duplicate key",
    "G105": "unknown reference: bypass entry, team or message",
    "G106": "unknown key",
    "G107": "missing key",
    "G108": "a value of the wrong kind, for instance a text where a list belongs",
    "G109": "a value that is not allowed here",
    "G110": "a bad time of day or window",
    "G111": "a bad duration",
    "G112": "a bad date",
    "G113": "a bad address, domain or scope",
    "G114": "an unknown time zone",
    "G115": "an unknown country or subdivision of public holidays",
    "G116": "not available in this version",
    "G117": "a message template that cannot be used",
    "G118": "an id that is used twice",
    "G119": "`ends_on` does not come after `starts_on`",
    "G120": "windows of one rule overlap",
    "G121": "a minimum above its maximum",
    "G122": "a window nobody works in",
    "G123": "two teams give one person different settings",
    "G124": "a trim that would shorten a meeting again and again, or to nothing",
    "G125": "`others: shorten`: the meeting of somebody else is never changed",
    "G130": "more focus time than working hours",
    "G201": "a mode is capped by a ceiling",
    "G202": "a group, whose members only the directory knows",
    "G203": "a message that no rule uses",
    "G204": "a key that is understood and has no effect in this version",
    "G301": "a rule that has ended",
    "G302": "a bypass entry that anybody can use without limit: title words alone",
    "G303": "`external` without `defaults.internal_domains`",
}

LEVELS = {"1": "error", "2": "notice", "3": "warning"}


def level_of(code: str) -> str:
    """`error`, `notice` or `warning`."""
    return LEVELS[code[1]]
