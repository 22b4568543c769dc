"""What the Google provider needs to know. Light: importing it loads none of Google's libraries."""

from dataclasses import dataclass
from pathlib import Path

from guardian.providers.shared import require_safe

API_ROOT = "https://www.googleapis.com/"
DIRECTORY_ROOT = "https://admin.googleapis.com/"
_SCOPES = "https://www.googleapis.com/auth/"

SCOPE_ACT = f"{_SCOPES}calendar.events"
SCOPE_READ = f"{_SCOPES}calendar.events.readonly"
SCOPE_USERS = f"{_SCOPES}admin.directory.user.readonly"
SCOPE_MEMBERS = f"{_SCOPES}admin.directory.group.member.readonly"
SCOPE_SETTINGS = f"{_SCOPES}calendar.settings.readonly"


@dataclass(frozen=True, slots=True)
class GoogleConfig:
    """`credentials_file` is a service-account key with domain-wide delegation. `read_only` asks for a token that cannot
    write. `timeout` bounds every single request, in seconds. The directory is read as `admin_subject`, without whom there
    is none; `domains` and `groups` narrow who is enrolled from it.

    Raises SettingsError for an API root that would send tokens in the clear over a network.
    """

    credentials_file: Path
    api_root: str = API_ROOT
    read_only: bool = False
    timeout: float = 30.0
    admin_subject: str | None = None
    domains: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    directory_root: str = DIRECTORY_ROOT

    def __post_init__(self) -> None:
        require_safe(self.api_root, "GUARDIAN_GOOGLE__API_ROOT", API_ROOT)
        require_safe(self.directory_root, "GUARDIAN_GOOGLE__DIRECTORY_ROOT", DIRECTORY_ROOT)
        for name in ("api_root", "directory_root"):
            object.__setattr__(self, name, f"{getattr(self, name).rstrip('/')}/")

    @property
    def scope(self) -> str:
        """For events. A scope that is asked for but not granted kills the whole token, so each purpose has its own."""
        return SCOPE_READ if self.read_only else SCOPE_ACT
