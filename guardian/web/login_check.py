"""What `guardian doctor` says of the dashboard's login."""

from collections.abc import Iterator
from dataclasses import replace

from guardian.errors import SettingsError
from guardian.ports import Clock
from guardian.providers.diagnosis import Check, clock_check
from guardian.settings import Settings
from guardian.web.login_faults import LoginFault

SET_UP = "docs/login.md shows each step"


def login_checks(settings: Settings, now: Clock) -> Iterator[Check]:
    """The settings, whether the identity provider is who it should be, and its clock; nothing is asked where none is set."""
    if not settings.oidc.issuer:
        words = "no identity provider is set (GUARDIAN_OIDC__ISSUER): people log in with API tokens"
        yield Check("login", ok=True, detail=words)
        return
    from guardian.web.oidc import IdentityProvider, client_of

    try:
        client = client_of(settings)
    except SettingsError as error:
        yield Check("login", ok=False, detail=str(error), mend=SET_UP)
        return
    assert client is not None
    provider = IdentityProvider(client, now)
    found = Check(
        "login", ok=True, detail=f"{client.issuer} answers as itself; {client.redirect} must be registered there"
    )
    try:
        provider.look()
    except LoginFault as fault:
        found = Check("login", ok=False, detail=fault.detail or fault.words, mend=SET_UP)
    if provider.date:
        yield replace(clock_check(provider.date, now(), "the identity provider"), name="login clock")
    yield found
