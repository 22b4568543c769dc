"""Settings: environment or `.env`, prefix `GUARDIAN_`, nested by `__`; secrets also from a file (`..._FILE`)."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from guardian.errors import SettingsError
from guardian.model.time import zone_named

PREFIX = "GUARDIAN_"
SECRETS = ("DATABASE_URL",)
FROM_THE_SHELL = ("TEST_POSTGRES", "TEST_REQUIRE")


class GoogleSettings(BaseModel):
    """How to reach Google Calendar."""

    model_config = ConfigDict(extra="forbid")

    credentials_file: Path | None = Field(None, description="service-account key with domain-wide delegation")
    api_root: str = Field("https://www.googleapis.com/", description="Calendar API root; http:// for loopback only")


class OutlookSettings(BaseModel):
    """How to reach Outlook calendars through Microsoft Graph."""

    model_config = ConfigDict(extra="forbid")

    tenant_id: str | None = Field(None, description="directory (tenant) id of the app registration")
    client_id: str | None = Field(None, description="application (client) id of the app registration")
    client_secret: SecretStr | None = Field(None, description="secret of the app, or a certificate instead")
    client_secret_file: Path | None = Field(None, description="file that holds the secret")
    certificate_file: Path | None = Field(None, description="PEM file with private key and certificate of the app")
    authority: str = Field("https://login.microsoftonline.com", description="sign-in service of the cloud")
    graph_root: str = Field("https://graph.microsoft.com", description="Microsoft Graph of the cloud")
    ca_file: Path | None = Field(None, description="extra certificate authority, PEM")
    in_flight: int = Field(4, ge=1, le=64, description="requests at the same time over all mailboxes")
    focus_names: str = Field(
        "*focus time*",
        description="subjects and categories of focus blocks made by others, separated by commas; * stands for anything",
    )

    def secret(self) -> str | None:
        """The secret, from wherever it is given. Raises SettingsError."""
        if self.client_secret_file is not None:
            return _read_secret(self.client_secret_file, f"{PREFIX}OUTLOOK__CLIENT_SECRET_FILE")
        return self.client_secret.get_secret_value() if self.client_secret else None


class IcsSettings(BaseModel):
    """A folder of .ics files as the calendar service."""

    model_config = ConfigDict(extra="forbid")

    root: Path | None = Field(None, description="folder with one sub-folder per person, named by e-mail")


class PrivacySettings(BaseModel):
    """What reports may show."""

    model_config = ConfigDict(extra="forbid")

    min_group: int = Field(5, ge=2, description="smaller groups are suppressed in every surface")


class Settings(BaseSettings):
    """All settings with their defaults. Relative paths count from the working directory."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", env_file=".env", extra="ignore")

    policies: Path = Path("config/policies.yaml")
    people: Path = Path("config/people.yaml")
    database_url: SecretStr = SecretStr("sqlite:///data/guardian.db")
    jobs: Literal["auto", "inline"] = "auto"
    poll_interval: int = Field(300, ge=10, description="seconds between two passes, with jitter")
    window_past_days: int = Field(14, ge=1, le=90)
    window_future_days: int = Field(60, ge=1, le=180)
    kill_switch: bool = False
    kill_switch_file: Path | None = None
    public_url: str | None = None
    timezone: str = "UTC"
    google: GoogleSettings = Field(default_factory=GoogleSettings)
    outlook: OutlookSettings = Field(default_factory=OutlookSettings)
    ics: IcsSettings = Field(default_factory=IcsSettings)
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zone_named(value)
        return value

    def killed(self) -> bool:
        """Whether the kill switch is on. Read before every single write, from the file or the environment as they are now."""
        if self.kill_switch or _true(os.environ.get(PREFIX + "KILL_SWITCH", "")):
            return True
        return self.kill_switch_file is not None and self.kill_switch_file.exists()

    def masked(self) -> dict[str, Any]:
        """The effective values, for people; secrets hidden."""
        return self.model_dump(mode="json")


def _true(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}


def load_settings() -> Settings:
    """Read environment and `.env`; raises SettingsError that names each wrong setting and the mend."""
    from guardian.errors import InputError

    secrets = _secrets_from_files(os.environ)
    try:
        return Settings(**secrets)
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(item) for item in error.errors())) from error
    except InputError as error:
        raise SettingsError(f"{PREFIX}TIMEZONE: {error}") from error


def _secrets_from_files(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in SECRETS:
        path = environment.get(f"{PREFIX}{name}_FILE")
        if path:
            found[name.lower()] = _read_secret(Path(path), f"{PREFIX}{name}_FILE")
    return found


def _read_secret(path: Path, setting: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{setting}: cannot read {path}: {error}; check the path and its permissions") from error


def _explain(item: Any) -> str:
    name = PREFIX + "__".join(str(part).upper() for part in item["loc"])
    if item["type"] == "extra_forbidden":
        return f"{name}: there is no such setting{_did_you_mean(name)}"
    return f"{name}: {item['msg'].removeprefix('Value error, ')} (given: {item['input']!r})"


def known_names() -> set[str]:
    """Every variable this program reads, with prefix."""
    names = {PREFIX + name for name in FROM_THE_SHELL} | {f"{PREFIX}{name}_FILE" for name in SECRETS}
    for name, info in Settings.model_fields.items():
        inner = info.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            names |= {f"{PREFIX}{name}__{field}".upper() for field in inner.model_fields}
        else:
            names.add(f"{PREFIX}{name}".upper())
    return names


def unknown_names(environment: Mapping[str, str]) -> list[str]:
    """A sentence for each `GUARDIAN_...` variable that nothing reads: most likely a typing mistake."""
    strangers = sorted(n for n in environment if n.startswith(PREFIX) and n.upper() not in known_names())
    return [f"{name} is not a setting of this version and is ignored{_did_you_mean(name)}" for name in strangers]


def _did_you_mean(name: str) -> str:
    close = difflib.get_close_matches(name, sorted(known_names()), n=1, cutoff=0.75)
    return f"; did you mean {close[0]}?" if close else ""
