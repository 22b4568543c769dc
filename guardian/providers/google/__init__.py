"""Google Calendar as a calendar provider. Google's libraries (30 MB) are loaded by `google_provider`, not by importing this."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from guardian.ports import Clock
from guardian.providers.google.config import GoogleConfig

if TYPE_CHECKING:
    from guardian.providers.google.provider import GoogleProvider
    from guardian.providers.hosted import Allowed

__all__ = ["GoogleConfig", "google_provider"]


def google_provider(
    config: GoogleConfig,
    allowed: "Allowed",
    *,
    sleep: Callable[[float], None],
    now: Clock,
    on_request: Callable[[str, int], None] = lambda _method, _status: None,
) -> "GoogleProvider":
    """The provider for everybody `allowed` says yes to. Raises SettingsError for a key file that cannot be used."""
    from guardian.providers.google.provider import GoogleProvider

    return GoogleProvider(config, allowed, sleep=sleep, now=now, on_request=on_request)
