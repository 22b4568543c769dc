"""Making messages of letters: the picture drawn, the links made, everything put together."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from guardian.mail.compose import Envelope, Sender, compose, wire_bytes
from guardian.mail.picture import png_of
from guardian.mail.stops import make_token
from guardian.model.mail import Addressee
from guardian.ports.mail import Draft
from guardian.reports.letter import Links

STOP_PATH = "/mail/stop/"
METHODS_PATH = "/methods"


@dataclass(frozen=True, slots=True)
class MimeScribe:
    """`Scribe` for mail. `base` is the public address of the service without a slash at its end, empty where it has none;
    `secret` seals the links that stop mails."""

    sender: Sender
    base: str
    secret: str

    @property
    def domain(self) -> str:
        return self.sender.domain

    def links(self, addressee: Addressee) -> Links:
        subject = quote(f"stop the weekly {addressee.kind} mail")
        mailto = f"mailto:{quote(self.sender.address, safe='@')}?subject={subject}"
        if not self.base:
            return Links(stop_mailto=mailto)
        stop = self.base + STOP_PATH + make_token(self.secret, addressee.recipient, addressee.kind)
        return Links(self.base + METHODS_PATH, self.base, stop, mailto)

    def message(self, addressee: Addressee, draft: Draft, now: datetime) -> bytes:
        envelope = Envelope(self.sender, addressee.recipient, draft.name, addressee.message_id(self.domain), now)
        picture = png_of(draft.picture) if draft.picture else None
        return wire_bytes(compose(draft.letter, envelope, picture, draft.alt))
