"""What the Outlook provider needs to know. Light: importing it loads none of the libraries."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from guardian.errors import SettingsError
from guardian.providers.shared import require_safe

AUTHORITY = "https://login.microsoftonline.com"
GRAPH_ROOT = "https://graph.microsoft.com"

PERMISSION_ACT = "Calendars.ReadWrite"
"""What acting needs; reading needs this or `PERMISSION_READ`."""

PERMISSION_READ = "Calendars.Read"

MOST_PER_MAILBOX = 2
"""Requests in flight for one mailbox; the service refuses a fifth."""


@dataclass(frozen=True, slots=True)
class OutlookConfig:
    """An app registration and how to reach its cloud.

    Exactly one of `client_secret` and `certificate_file` (PEM: private key and certificate) is set. `ca_file` is an extra
    certificate authority, for authority and Graph alike. `in_flight` bounds requests over all mailboxes, `timeout` every
    single one, in seconds. The tripwire watches `past` and `future` from the moment its cursor is made. Events without
    guests whose subject or category matches one of `focus_names` (`*` stands for anything) count as focus time. `groups`
    narrow who is enrolled from the directory.

    Raises SettingsError for what is missing, and for addresses that would send tokens in the clear over a network.
    """

    tenant_id: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    certificate_file: Path | None = None
    authority: str = AUTHORITY
    graph_root: str = GRAPH_ROOT
    ca_file: Path | None = None
    timeout: float = 30.0
    in_flight: int = 4
    past: timedelta = timedelta(days=14)
    future: timedelta = timedelta(days=60)
    focus_names: tuple[str, ...] = ("*focus time*",)
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_safe(self.graph_root, "GUARDIAN_OUTLOOK__GRAPH_ROOT", GRAPH_ROOT)
        _require_https(self.authority)
        for name in ("tenant_id", "client_id"):
            if not getattr(self, name).strip():
                raise SettingsError(f"GUARDIAN_OUTLOOK__{name.upper()} is missing; the app registration shows it")
        if bool(self.client_secret) == bool(self.certificate_file):
            raise SettingsError(
                "set one of GUARDIAN_OUTLOOK__CLIENT_SECRET and GUARDIAN_OUTLOOK__CERTIFICATE_FILE, not both or neither"
            )
        object.__setattr__(self, "authority", self.authority.rstrip("/"))
        object.__setattr__(self, "graph_root", self.graph_root.rstrip("/"))

    @property
    def scope(self) -> str:
        """All application permissions that were granted, at this cloud's Graph."""
        return f"{self.graph_root}/.default"

    @property
    def api(self) -> str:
        return f"{self.graph_root}/v1.0"


def _require_https(url: str) -> None:
    """The sign-in library takes nothing else, loopback included."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise SettingsError(f"GUARDIAN_OUTLOOK__AUTHORITY: '{url}' has to be an https address, like {AUTHORITY}")


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; nothing for an address that cannot be read or names a user."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return ("", "", None)
    return ("", "", None) if "@" in parts.netloc else (parts.scheme, (parts.hostname or "").lower(), port)
