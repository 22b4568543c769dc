"""Outlook (Microsoft Graph) as a calendar provider. The libraries are loaded by `outlook_provider`, not by importing this."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from guardian.ports import Clock
from guardian.providers.outlook.config import OutlookConfig

if TYPE_CHECKING:
    from guardian.providers.hosted import Allowed
    from guardian.providers.outlook.provider import OutlookProvider

__all__ = ["OutlookConfig", "outlook_provider"]


def outlook_provider(
    config: OutlookConfig,
    allowed: "Allowed",
    *,
    sleep: Callable[[float], None],
    now: Clock,
    on_request: Callable[[str, int], None] = lambda _method, _status: None,
) -> "OutlookProvider":
    """The provider for everybody `allowed` says yes to. Raises SettingsError for a certificate file or an extra
    certificate authority that cannot be used; nothing is asked of the network yet."""
    from guardian.providers.outlook.provider import OutlookProvider

    return OutlookProvider(config, allowed, sleep=sleep, now=now, on_request=on_request)
