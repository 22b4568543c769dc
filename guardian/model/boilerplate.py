"""What conference tools, mail programs and lawyers put into a description; recognised line by line."""

import re
from collections.abc import Sequence

DOCUMENT_PLACES = (
    ("docs.google.com", "/"),
    ("drive.google.com", "/"),
    ("notion.so", "/"),
    ("notion.site", "/"),
    ("notion.com", "/"),
    ("atlassian.net", "/wiki"),
    ("sharepoint.com", "/"),
    ("onedrive.live.com", "/"),
    ("1drv.ms", "/"),
    ("loop.cloud.microsoft", "/"),
    ("paper.dropbox.com", "/"),
    ("dropbox.com", "/s"),
    ("box.com", "/"),
    ("coda.io", "/d"),
    ("quip.com", "/"),
    ("hackmd.io", "/"),
    ("figma.com", "/"),
    ("miro.com", "/app/board"),
)
"""Hosts (with their sub-domains) and how the path begins where a link leads to a document."""

WIKI_NAMES = frozenset({"confluence", "wiki"})
"""First labels of hosts that are wikis wherever they stand."""

FENCE = re.compile(r"^[\s>]*(?:(-::~:~.*)|(_{20,}|─{20,}))\s*$")
CONFERENCE = re.compile(
    r"teams\.(?:microsoft|live)\.com|teams\.microsoft\.us|microsoft teams|meet\.google\.com|zoom\.us|zoomgov\.com|webex\.com"
    r"|aka\.ms/jointeams",
    re.IGNORECASE,
)

PHRASES = (
    r"join with google meet",
    r"to join the video meeting,? click this link",
    r"otherwise,? to join by phone,? dial.*",
    r"or dial.*",
    r"more phone numbers",
    r"learn more about meet at",
    r"please do not edit this section(?: of the description)?",
    r"view your event at",
    r"this event has a video call",
    r"join",
    r"join by phone",
    r"(?:zoom|teams|webex|video call|meeting|google meet)(?: link)?",
    r"to view more phone numbers,? click this link",
    r"live ?stream",
    r"view live stream",
    r".{1,80} is inviting you to a scheduled zoom meeting",
    r"join (?:our cloud hd video|zoom|zoomgov) (?:meeting|webinar)",
    r"topic",
    r"one tap mobile",
    r"dial by your location",
    r"find your local number",
    r"join by sip",
    r"join by h\.?323",
    r"join (?:by|from) skype for business",
    r"join instructions",
    r"meeting chat",
    r"download and import.*calendar.*",
    r"microsoft teams(?: meeting|-besprechung)?",
    r"reuni[oó]n de microsoft teams",
    r"r[eé]union microsoft teams",
    r"join (?:on|from) your computer.*",
    r"click here to join the meeting",
    r"join the meeting now",
    r"join microsoft teams meeting",
    r"need help\??(?: system reference)?",
    r"download teams.*",
    r"join on the web",
    r"or call in \(audio only\)",
    r"dial in by phone",
    r"find a local number.*",
    r"reset (?:dial-in )?pin",
    r"learn more(?: about teams)?(?: \|? ?meeting options)?",
    r"for organi[sz]ers:? (?:meeting options|reset).*",
    r"meeting options(?: \|.*)?",
    r"join with a video conferencing device",
    r"alternate vtc (?:dialing )?instructions",
    r"more info",
    r"privacy and security",
    r"org help.*",
    r"system reference",
    r"do not delete or change any of the following text.*",
    r"when it's time,? join (?:your|the) webex meeting here",
    r"more ways to join",
    r"join (?:the )?webex meeting",
    r"join meeting",
    r"join from the meeting link",
    r"join by meeting number",
    r"tap to join from a mobile device.*",
    r"global call-in numbers",
    r"toll-free calling restrictions",
    r"join from a video system or application",
    r"you can also dial [\d.]+ and enter your meeting number",
    r"if you are a host,? (?:click here|go here).*",
    r"can't join the meeting\??.*",
    r"need help\? go to",
    r"need to make changes to this event\??",
    r"cancel",
    r"reschedule",
    r"powered by .{1,40}",
    r"sent from my .{1,40}",
    r"get outlook for .{1,20}",
    r"sent from outlook.*",
    r"view (?:this )?event in.*",
)
"""Whole lines: of Meet, Zoom, Teams and Webex in this order, then of booking pages and mail programs."""

LABELS = (
    r"meeting[ -]?id",
    r"webinar id",
    r"conference id",
    r"phone conference id",
    r"video conference id",
    r"phone conferencing id",
    r"pass ?code",
    r"password",
    r"meeting password",
    r"meeting number(?: \(access code\))?",
    r"access code",
    r"host (?:key|pin)",
    r"participant id",
    r"event (?:number|password)",
    r"meeting url",
    r"meeting link",
    r"dial-in",
    r"sip",
    r"h\.?323",
    r"tenant key",
    r"video id",
    r"besprechungs-id",
    r"passcode",
    r"kenncode",
    r"kennung",
    r"telefonkonferenz-id",
    r"id de r[eé]union",
    r"code secret",
    r"id de la reuni[oó]n",
    r"c[oó]digo de acceso",
    r"pin",
    r"one-time passcode",
    r"join with google meet",
)
"""What a number, code or address of a call is introduced with."""

LINE = re.compile(rf"^(?:{'|'.join(PHRASES)})[\s:.]*$", re.IGNORECASE)
LABELLED = re.compile(
    rf"^(?:{'|'.join(LABELS)})\s*(?:[:#]\s*\S{{1,60}}(?: [\d#*]+)*(?: \(.{{1,30}} from (?:phones|video systems).*\))?|[\d #*]+)?$",
    re.IGNORECASE,
)
DIAL = re.compile(r"^(?:\([A-Z]{2}\) ?)?(?:\+|\(?(?=(?:\D*\d){9}))\d[\d ().,;*#/+-]{5,}\D{0,60}$")
"""A telephone number and where it rings: with `+`, or of nine digits and more, so that dates and sums are none."""
NUMERIC_ADDRESS = re.compile(
    r"^(?:\d{1,3}\.){3}\d{1,3}(?: \([^()]{1,30}\))?$|^(?:dial )?[\w.-]{1,64}@[\w.-]{0,40}(?:zoomcrc\.com|webex\.com|vc|teams\.ms)$",
    re.IGNORECASE,
)
RULE = re.compile(r"^[\W_]*$")
LONGEST_LINE = 200

FAREWELLS = (
    r"(?:(?:with )?(?:best|kind|warm|warmest|many) )?(?:regards|wishes|thanks)",
    r"best|cheers|thank you|thx|sincerely|yours(?: sincerely)?",
    r"(?:mit )?(?:freundlichen|vielen|besten|viele|beste|liebe) (?:gr[uü](?:ß|ss)en?|dank)|lg|mfg|vg",
    r"cordialement|bien à vous|saludos|un saludo|atentamente",
)
SIGNATURE = re.compile(rf"^\s*(?:{'|'.join(FAREWELLS)})[,.!]?\s*$", re.IGNORECASE)
SIGNATURE_LINES = 8
LIST_ITEM = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+\S")

DISCLAIMERS = (
    r"intended (?:solely |only |exclusively )?for the (?:use|person|individual|address|named)",
    r"intended recipient|if you are not the (?:named|addressee)|confidentiality notice",
    r"may (?:also )?contain (?:\w+ and/or |\w+,? )?(?:confidential|privileged)",
    r"(?:confidential|legally) (?:and|or|and/or)? ?privileged|originated (?:from )?outside",
    r"vertrauliche (?:und|oder) .{0,30}informationen|nicht der richtige adressat",
)
DISCLAIMER = re.compile("|".join(DISCLAIMERS), re.IGNORECASE)


def is_line(line: str) -> bool:
    """Whether one stripped line is furniture: a phrase, label, number or rule of the known tools, or nothing."""
    patterns = (LINE, LABELLED, DIAL, NUMERIC_ADDRESS) if len(line) <= LONGEST_LINE else ()
    return bool(RULE.match(line)) or any(pattern.match(line) for pattern in patterns)


def fence(line: str) -> str | None:
    """What kind of fence the line is, `meet` or `rule`; None for other lines."""
    found = FENCE.match(line) if len(line) <= LONGEST_LINE else None
    if found is None:
        return None
    return "meet" if found.group(1) else "rule"


def is_block(kind: str, lines: Sequence[str]) -> bool:
    """Whether what stands between two fences is a conference tool's: always for Meet, by its links and name for rules."""
    return kind == "meet" or any(CONFERENCE.search(line) for line in lines)


def opens_signature(line: str) -> bool:
    """The delimiter of RFC 3676 (`-- `), also without its blank, or a farewell on a line of its own."""
    return line.rstrip() == "--" or (len(line) <= 60 and bool(SIGNATURE.match(line)))


def signature_start(lines: Sequence[str]) -> int:
    """Where the signature begins, or the number of lines where there is none.

    Only few lines follow a farewell, none of them an item of a list: a name and an address, not an agenda.
    """
    start, written = len(lines), 0
    for at in range(len(lines) - 1, -1, -1):
        if opens_signature(lines[at]):
            start = at
        written += bool(lines[at].strip())
        if written > SIGNATURE_LINES or LIST_ITEM.match(lines[at]):
            break
    return start


def is_disclaimer(paragraph: str) -> bool:
    """A paragraph of legal text about confidentiality, or a warning that mail came from outside."""
    return bool(DISCLAIMER.search(paragraph))
