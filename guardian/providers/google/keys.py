"""The service-account key file: read once, checked before anything is sent."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guardian.errors import SettingsError
from guardian.providers.google.config import GoogleConfig
from guardian.providers.google.library import Credentials
from guardian.providers.secret_file import SecretFile
from guardian.providers.shared import require_safe

SETTING = "GUARDIAN_GOOGLE__CREDENTIALS_FILE"
KEY_FILE = SecretFile(
    SETTING,
    "utf-8",
    oversized="a key; download a fresh JSON key",
    unreadable="name the key file of the service account",
    undecodable="text; download the service account's key as JSON",
)


@dataclass(frozen=True, slots=True)
class Key:
    """`credentials` is google-auth's object, parsed once (58 ms) and shared by all mailboxes; `client_id` is what an
    administrator enters under domain-wide delegation, `account` the service account's address."""

    credentials: Any
    client_id: str
    account: str


def load(config: GoogleConfig) -> Key:
    """The key of the configured file. Raises SettingsError with the mend."""
    path = config.credentials_file
    info = read_key(path)
    try:
        base = Credentials.from_service_account_info(info, scopes=[config.scope])
    except (ValueError, TypeError, KeyError) as error:
        # The library's words are left out: they may quote the key.
        raise SettingsError(f"{SETTING}: the key in {path} cannot be used; download a fresh JSON key") from error
    require_safe(info["token_uri"], f"token_uri in {path}", "https://oauth2.googleapis.com/token")
    return Key(base, str(info.get("client_id") or info["client_email"]), info["client_email"])


def read_key(path: Path) -> dict[str, Any]:
    """The JSON of a service-account key that only its owner may read. Raises SettingsError."""
    text = KEY_FILE.text(path)
    try:
        info = json.loads(text)
    except ValueError as error:
        raise SettingsError(f"{SETTING}: {path} is not JSON; download the service account's key as JSON") from error
    kind = info.get("type") if isinstance(info, dict) else None
    if kind != "service_account":
        raise SettingsError(
            f"{SETTING}: {path} holds '{kind}' instead of a service-account key; create a key of type JSON for a service account"
        )
    missing = [name for name in ("client_email", "private_key", "token_uri") if not isinstance(info.get(name), str)]
    if missing:
        raise SettingsError(f"{SETTING}: {path} lacks {', '.join(missing)}; download a fresh JSON key")
    return dict(info)
