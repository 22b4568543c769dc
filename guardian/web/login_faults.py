"""Why a login came to nothing, in words for whoever stands before it and for whoever can mend it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Self


@dataclass
class LoginFault(Exception):
    """`words` are for the page, `mend` says what to do; `detail` is for the log of the service alone."""

    status: HTTPStatus
    title: str
    words: str
    mend: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.title}: {self.detail or self.words}"

    @classmethod
    def down(cls, detail: str) -> Self:
        words = "Your organisation's identity provider does not answer."
        return cls(HTTPStatus.SERVICE_UNAVAILABLE, "No login just now", words, "Try again in a minute.", detail)

    @classmethod
    def misconfigured(cls, detail: str, mend: str) -> Self:
        words = "The login of this service is not set up rightly."
        told = "Tell whoever runs it: the log says what is wrong, `guardian doctor` how to mend it."
        return cls(HTTPStatus.SERVICE_UNAVAILABLE, "No login just now", words, told, f"{detail}; {mend}")

    @classmethod
    def refused_by_provider(cls, error: str) -> Self:
        """What the token endpoint said instead of giving tokens."""
        if error in ("invalid_client", "unauthorized_client"):
            mend = "correct GUARDIAN_OIDC__CLIENT_ID and GUARDIAN_OIDC__CLIENT_SECRET: the secret may have run out"
            return cls.misconfigured(f"the identity provider refuses this client ({error[:40]})", mend)
        return cls.not_ours(f"the code was not taken ({error[:40]})")

    @classmethod
    def clock(cls, detail: str) -> Self:
        words = "The clocks of this service and of the identity provider differ by more than two minutes."
        told = "Tell whoever runs this service: its clock must be set."
        return cls(
            HTTPStatus.SERVICE_UNAVAILABLE, "No login just now", words, told, f"the ID token is refused: {detail}"
        )

    @classmethod
    def stale(cls) -> Self:
        words = "This login was not begun in this browser, has been used already, or took more than ten minutes."
        return cls(HTTPStatus.BAD_REQUEST, "Please log in again", words, "Begin once more.")

    @classmethod
    def declined(cls, error: str) -> Self:
        """The provider sent the browser back without a code."""
        if error in ("server_error", "temporarily_unavailable"):
            return cls.down(error)
        words = "The identity provider did not let you in here, or you changed your mind."
        mend = "Begin once more, or ask whoever runs the identity provider whether you may use this service."
        return cls(HTTPStatus.FORBIDDEN, "Not logged in", words, mend, f"the provider says {error[:40]!r}")

    @classmethod
    def not_ours(cls, detail: str) -> Self:
        words = "What the identity provider sent could not be verified."
        return cls(HTTPStatus.FORBIDDEN, "Not logged in", words, "Begin once more.", f"the answer is refused: {detail}")

    @classmethod
    def wrong_tenant(cls) -> Self:
        words = "This account belongs to another organisation."
        return cls(HTTPStatus.FORBIDDEN, "Not logged in", words, "Choose your account of this organisation.")

    @classmethod
    def no_address(cls) -> Self:
        words = "The identity provider does not say your e-mail address."
        mend = "Tell whoever runs the identity provider: the scope `email` must be allowed for this client."
        return cls(HTTPStatus.FORBIDDEN, "Not logged in", words, mend)

    @classmethod
    def unverified(cls) -> Self:
        words = "The identity provider has not verified that your e-mail address is yours."
        return cls(HTTPStatus.FORBIDDEN, "Not logged in", words, "Verify it there, then log in again.")

    @classmethod
    def nobody(cls) -> Self:
        words = "You are known to the identity provider, but nobody enrolled you here."
        mend = "Ask whoever runs this service; log in with the address that stands on the roster."
        return cls(HTTPStatus.FORBIDDEN, "Not enrolled", words, mend)

    @classmethod
    def not_loopback(cls) -> Self:
        words = "The demo lets people choose who they are on this very machine only."
        return cls(HTTPStatus.FORBIDDEN, "Not logged in", words, "Open it by its address on 127.0.0.1.")

    @classmethod
    def too_many(cls) -> Self:
        words = "Too many logins were tried from where you are."
        return cls(HTTPStatus.TOO_MANY_REQUESTS, "Wait a minute", words, "Then try again.")
