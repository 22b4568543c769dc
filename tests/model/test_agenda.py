"""What is left of a description when the furniture of conference tools and mail programs is gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.model.agenda import LONGEST, links_a_document, measure
from guardian.model.events import Agenda

MEET = """-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-
Join with Google Meet: https://meet.google.com/abc-defg-hij
Or dial: (US) +1 234-567-8900 PIN: 123456789#
More phone numbers: https://tel.meet/abc-defg-hij?pin=1234567890123
Learn more about Meet at: https://support.google.com/a/users/answer/9282720

Please do not edit this section.
-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-"""

ZOOM = """──────────

Ana Ruiz is inviting you to a scheduled Zoom meeting.

Join Zoom Meeting
https://us02web.zoom.us/j/85400000000?pwd=abc

Meeting ID: 854 0000 0000
Passcode: 123456

---

One tap mobile
+16694449171,,85400000000#,,,,*123456# US
+17193594580,,85400000000#,,,,*123456# US

Dial by your location
• +1 669 444 9171 US
        +1 253 205 0468 US (Tacoma)
• 888 475 4499 US Toll-free

Meeting ID: 854 0000 0000
Find your local number: https://us02web.zoom.us/u/kabc

Join by SIP
• 85400000000@zoomcrc.com

Join by H.323
• 144.195.19.161 (US West)
• 206.247.11.121 (US East)
"""

RULE = "_" * 80
TEAMS_LINES = """Microsoft Teams meeting
Join on your computer, mobile app or room device
Click here to join the meeting<https://teams.microsoft.com/l/meetup-join/19%3ameeting>
Meeting ID: 123 456 789 012
Passcode: aB3dEf
Download Teams<https://www.microsoft.com/x> | Join on the web<https://www.microsoft.com/y>
Or call in (audio only)
+1 323-000-0000,,123456#<tel:+13230000000,,123456#>   United States, Los Angeles
Phone Conference ID: 123 456#
Find a local number<https://x.example> | Reset PIN<https://y.example>
Learn More<https://aka.ms/JoinTeamsMeeting> | Meeting options<https://z.example>"""
TEAMS = f"{RULE}\n{TEAMS_LINES}\n{RULE}"

TEAMS_GERMAN = f"""{RULE}
Microsoft Teams-Besprechung
Auf dem Computer, in der mobilen App oder im Raumgerät beitreten
Hier klicken, um an der Besprechung teilzunehmen<https://teams.microsoft.com/l/meetup-join/19>
Besprechungs-ID: 123 456 789
Weitere Infos | Besprechungsoptionen
{RULE}"""

WEBEX = """-- Do not delete or change any of the following text. --

When it's time, join your Webex meeting here.
https://acme.webex.com/acme/j.php?MTID=m1

More ways to join:

Join from the meeting link
https://acme.webex.com/acme/j.php?MTID=m1

Join by meeting number
Meeting number (access code): 2345 678 9012
Meeting password: AbC123 (22222222 from phones)

Tap to join from a mobile device (attendees only)
+1-650-479-3208,,23456789012## Call-in toll number (US/Canada)

Join by phone
+1-650-479-3208 Call-in toll number (US/Canada)
Global call-in numbers
https://acme.webex.com/x

Join from a video system or application
Dial 23456789012@acme.webex.com
You can also dial 173.243.2.68 and enter your meeting number.

Need help? Go to https://help.webex.com
"""

DISCLAIMER = """This e-mail and any attachments are confidential and intended solely for the use of the person
to whom they are addressed. If you are not the intended recipient, delete it."""

NOTHING = {
    "empty": "",
    "blank": " \r\n\t\u00a0\u200b\n",
    "Google Meet": MEET,
    "Zoom": ZOOM,
    "Teams": TEAMS,
    "Teams without rules": TEAMS_LINES,
    "Teams in German": TEAMS_GERMAN,
    "Webex": WEBEX,
    "a link": "https://meet.google.com/abc-defg-hij",
    "a link with its name": "Zoom link: https://acme.zoom.us/j/1",
    "HTML without text": "<html><head><style>p {color: red}</style></head><body><p>&nbsp;</p><br/><!-- note --></body></html>",
    "a script": "<script>var agenda = 'decide the budget for next year'</script>",
    "a signature": "Best regards,\nAna Ruiz\nHead of Research\nAcme Ltd\n+49 30 1234567",
    "a signature behind its delimiter": "-- \nAna Ruiz, Acme Ltd",
    "a disclaimer": DISCLAIMER,
    "sent from": "Sent from my iPhone",
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_furniture_is_no_agenda(text: str) -> None:
    assert measure(text) == Agenda(0, 0, False)


SEVEN = "Agenda: decide the budget for next year"


@pytest.mark.parametrize("name", NOTHING)
def test_an_agenda_stays_an_agenda_beside_furniture(name: str) -> None:
    assert measure(f"{SEVEN}\n\n{NOTHING[name]}") == Agenda(7, len(SEVEN), False)


@pytest.mark.parametrize("block", [MEET, TEAMS, ZOOM], ids=["Meet", "Teams", "Zoom"])
def test_an_agenda_below_the_block_counts_too(block: str) -> None:
    assert measure(f"{block}\n{SEVEN}").words == 7


WORDS = {
    "1. Budget\n2. Hiring plan\n3. Any other business": 9,
    "<p>Decide the <b>budget</b>.</p><ul><li>Hiring</li><li>Travel&nbsp;plan</li></ul>": 6,
    "Topics\n--\n- budget\n- hiring\n- travel": 4,
    "Thanks,\n1. first we decide\n2. then we plan": 9,
    "2025/2026 budget review": 4,
    "10.000,00 EUR for the tent": 6,
    "a < b and c > d": 5,
    "See https://acme.example/x for the numbers": 4,
    "Join us for cake, everybody is welcome": 7,
    "予算を決める": 6,
    "don't re-open the well-known question": 5,
    "_" * 30 + "\nplan the launch\n" + "_" * 30: 3,
}


@pytest.mark.parametrize(("text", "words"), WORDS.items())
def test_what_people_write_is_counted_in_words(text: str, words: int) -> None:
    assert measure(text).words == words


def test_characters_are_counted_without_the_layout() -> None:
    assert measure("plan \n\n\t the   launch").characters == len("plan the launch")


DOCUMENTS = [
    "https://docs.google.com/document/d/1abc/edit",
    "https://DOCS.google.com/spreadsheets/d/1",
    "<a href='https://www.notion.so/acme/Agenda-1'>agenda</a>",
    "https://acme.notion.site/x",
    "https://acme.atlassian.net/wiki/spaces/X/pages/1",
    "https://confluence.acme.example/display/X",
    "https://acme.sharepoint.com/:w:/s/Team/abc",
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Facme.sharepoint.com%2F%3Aw%3A%2Fs%2Fx&data=1",
    "https://www.google.com/url?q=https://docs.google.com/document/d/1&amp;sa=D",
]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_linked_document_counts_as_attached(text: str) -> None:
    assert links_a_document(text)
    assert measure(text).has_document


@pytest.mark.parametrize(
    "text",
    [
        "https://meet.google.com/abc",
        "https://docs.google.com.evil.example/document",
        "https://acme.atlassian.net/browse/X-1",
        "notion.so is nice",
        "https://user:docs.google.com@evil.example/",
        "https://teams.microsoft.com/l/meetup-join/19",
    ],
)
def test_other_links_are_no_documents(text: str) -> None:
    assert not links_a_document(text)


def test_an_attachment_counts_without_any_text() -> None:
    assert measure("", has_document=True) == Agenda(0, 0, True)


HOSTILE = {
    "one word": "a" * 10**6,
    "angle brackets": "<" * 10**6,
    "opened tags": "<a " * 300_000,
    "opened styles": "<style" * 200_000,
    "opened comments": "<!--" * 250_000,
    "entities": "&amp;" * 200_000,
    "delimiters": "-- \n" * 250_000,
    "farewells": "Regards\n" * 125_000,
    "fences": f"{'_' * 24}\n" * 40_000,
    "meet fences": "-::~:~\n" * 140_000,
    "numbers": f"+1{' ' * 190}\n" * 5_000,
    "links": "https://" * 125_000,
    "escaped": "%25" * 330_000,
    "lines": "x\n" * 500_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_megabyte_of_anything_is_read_in_part_only(text: str) -> None:
    """No step looks at a character more than a bounded number of times; the suite's time limit guards it."""
    assert measure(text) == measure(text[:LONGEST])
    assert measure(text).characters <= LONGEST


@given(st.text(max_size=400))
def test_any_text_has_counts(text: str) -> None:
    found = measure(text)
    assert 0 <= found.words <= found.characters <= len(text) * 3


@given(st.lists(st.sampled_from([MEET, ZOOM, TEAMS, WEBEX, DISCLAIMER, RULE]), max_size=4))
def test_blocks_in_any_number_and_order_say_nothing(blocks: list[str]) -> None:
    assert measure("\n\n".join(blocks)) == Agenda(0, 0, False)
