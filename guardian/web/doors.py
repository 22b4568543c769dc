"""The ways into the dashboard of one running service."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from guardian.bootstrap import Guardian
from guardian.errors import SettingsError
from guardian.web.attempts import Attempts
from guardian.web.login_faults import LoginFault

if TYPE_CHECKING:
    from guardian.web.oidc import IdentityProvider

WRONG_TOKENS = 20
"""A minute and source; nobody finds 256 bits by trying, but nobody shall make us try either."""
DEPARTURES = 300
"""A minute and source: a whole office may stand behind one address on Monday morning."""


@dataclass(slots=True)
class Doors:
    """`demo`: whoever is on this machine may be anybody. The limits live in this process."""

    demo: bool = False
    wrong_tokens: Attempts = field(default_factory=lambda: Attempts(WRONG_TOKENS))
    departures: Attempts = field(default_factory=lambda: Attempts(DEPARTURES))
    _provider: "IdentityProvider | None" = None

    def provider(self, guardian: Guardian) -> "IdentityProvider | None":
        """The identity provider, None where the settings name none; raises LoginFault for settings that cannot work."""
        if self._provider is None and guardian.settings.oidc.issuer:
            # Imported here: slow to import, and many installations have none.
            from guardian.web.oidc import IdentityProvider, client_of

            try:
                client = client_of(guardian.settings)
            except SettingsError as error:
                raise LoginFault.misconfigured(str(error), "`guardian doctor` shows each step") from error
            assert client is not None
            self._provider = IdentityProvider(client, guardian.engine.clock)
        return self._provider
