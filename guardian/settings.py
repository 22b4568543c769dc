"""Settings: environment or `.env`, prefix `GUARDIAN_`, nested by `__`; secrets also from a file (`..._FILE`)."""

import difflib
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

from guardian.errors import InputError, SettingsError
from guardian.model.time import zone_named

log = logging.getLogger(__name__)

PREFIX = "GUARDIAN_"
DIRECTORY = Path("directory")
"""The value of `PEOPLE` that stands for the providers' directories."""

ENV_FILE = ".env"
SECRETS = ("DATABASE_URL", "SESSION_SECRET")
FROM_THE_SHELL = ("TEST_POSTGRES", "TEST_REQUIRE")


class GoogleSettings(BaseModel):
    """How to reach Google Calendar."""

    model_config = ConfigDict(extra="forbid")

    credentials_file: Path | None = Field(None, description="service-account key with domain-wide delegation")
    read_only: bool = Field(default=False, description="ask for the reading scope only; works as the kill switch")
    api_root: str = Field("https://www.googleapis.com/", description="Calendar API root; http:// for loopback only")
    admin_subject: str | None = Field(None, description="administrator as whom the directory is read")
    domains: str = Field("", description="domains whose users are enrolled, separated by commas; empty: all")
    groups: str = Field("", description="groups whose members are enrolled, separated by commas; empty: everybody")
    directory_root: str = Field("https://admin.googleapis.com/", description="Admin Directory root, likewise")


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
    groups: str = Field("", description="groups whose members are enrolled, separated by commas; empty: everybody")
    in_flight: int = Field(4, ge=1, le=64, description="requests at the same time over all mailboxes")
    focus_names: str = Field(
        "*focus time*",
        description="subjects and categories of focus blocks made by others, separated by commas; * stands for anything",
    )

    def secret(self) -> str | None:
        """The secret, from wherever it is given. Raises SettingsError."""
        return _secret(self.client_secret, self.client_secret_file, "OUTLOOK__CLIENT_SECRET_FILE")


class IcsSettings(BaseModel):
    """A folder of .ics files as the calendar service."""

    model_config = ConfigDict(extra="forbid")

    root: Path | None = Field(None, description="folder with one sub-folder per person, named by e-mail")


class PrivacySettings(BaseModel):
    """What reports may show."""

    model_config = ConfigDict(extra="forbid")

    min_group: int = Field(5, ge=2, description="smaller groups are suppressed in every surface")


class SmtpSettings(BaseModel):
    """How mail goes out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    host: str | None = Field(None, description="server that takes our mail; without one no mail is sent")
    port: int = Field(587, ge=1, le=65535, description="465 with tls, 587 with starttls")
    username: str | None = Field(None, description="account on that server, if it wants one")
    password: SecretStr | None = Field(None, description="its password")
    password_file: Path | None = Field(None, description="file that holds the password")
    sender: str | None = Field(
        None, alias="from", description="address the mail comes from, like Guardian <g@acme.example>"
    )
    tls: Literal["starttls", "tls", "off"] = Field("starttls", description="`off` is for loopback only")
    ca_file: Path | None = Field(None, description="extra certificate authority, PEM")

    def secret(self) -> str | None:
        """The password, from wherever it is given. Raises SettingsError."""
        return _secret(self.password, self.password_file, "SMTP__PASSWORD_FILE")


class EmailSettings(BaseModel):
    """The weekly mail."""

    model_config = ConfigDict(extra="forbid")

    organisation: str = Field("", description="addresses that get the organisation's mail, separated by commas")
    day: Literal["mon", "tue", "wed", "thu", "fri"] = Field(
        "mon", description="day on which it is sent, in the reader's zone"
    )
    hour: int = Field(8, ge=0, le=23, description="from this hour on, in the reader's zone")
    write_minutes: float = Field(
        2, ge=0, le=120, description="minutes somebody needs to write an update instead of a meeting"
    )
    read_minutes: float = Field(5, ge=0, le=120, description="minutes everybody needs to read all of them")
    async_template: str | None = Field(None, description="link to the team's own template for a written update")


class CostSettings(BaseModel):
    """What an hour is taken to cost."""

    model_config = ConfigDict(extra="forbid")

    currency: str | None = Field(None, pattern="^[A-Z]{3}$", description="three letters; else the policy's, else EUR")
    hourly_rate: float | None = Field(
        None, gt=0, le=100_000, description="one blended rate for everybody; without one there is no money"
    )
    bands_file: Path | None = Field(None, description="YAML with an hourly rate per band; never shown")


class OidcSettings(BaseModel):
    """Who says who somebody is, for the dashboard."""

    model_config = ConfigDict(extra="forbid")

    issuer: str | None = Field(None, description="address of the identity provider; http:// for loopback only")
    client_id: str | None = Field(None, description="client registered there")
    client_secret: SecretStr | None = Field(None, description="its secret")
    client_secret_file: Path | None = Field(None, description="file that holds the secret")
    tenant: str | None = Field(None, description="`hd` or `tid` claim that a login must have")
    ca_file: Path | None = Field(None, description="extra certificate authority, PEM")

    def secret(self) -> str | None:
        """The client's secret, from wherever it is given. Raises SettingsError."""
        return _secret(self.client_secret, self.client_secret_file, "OIDC__CLIENT_SECRET_FILE")


class RoleSettings(BaseModel):
    """Who may do more than look at their own; addresses separated by commas. Team leads are the `owners` of the policy's teams."""

    model_config = ConfigDict(extra="forbid")

    policy_admins: str = Field("", description="see the policy's faults and what its rules did")
    operators: str = Field(
        "", description="see health and passes, release, veto and take back for everybody; no titles"
    )
    auditors: str = Field("", description="see decisions without titles, and the journal; change nothing")


class RetentionSettings(BaseModel):
    """How long things are kept."""

    model_config = ConfigDict(extra="forbid")

    raw_days: int = Field(
        90, ge=56, le=3650, description="calendars, their history, decisions and acts, counted from the event"
    )
    aggregate_months: int = Field(13, ge=1, le=120, description="hours per person and week; sums of groups stay")


class Settings(BaseSettings):
    """All settings with their defaults. Relative paths count from the working directory."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_file=ENV_FILE, env_ignore_empty=True, extra="ignore"
    )

    policies: Path = Field(Path("config/policies.yaml"), description="policy file")
    people: Path = Field(Path("config/people.yaml"), description="roster of enrolled people, or `directory`")
    database_url: SecretStr = Field(SecretStr("sqlite:///data/guardian.db"), description="or postgresql://...")
    poll_interval: int = Field(300, ge=10, description="seconds between two passes, with jitter")
    window_past_days: int = Field(14, ge=1, le=90, description="how far back calendars are read")
    window_future_days: int = Field(60, ge=1, le=180, description="how far ahead calendars are read")
    kill_switch: bool = Field(default=False, description="nothing is written anywhere while it is on")
    kill_switch_file: Path | None = Field(None, description="as the kill switch, while this file exists")
    timezone: str = Field("UTC", description="last resort when neither person, mailbox nor policy says")
    google: GoogleSettings = Field(default_factory=GoogleSettings)
    outlook: OutlookSettings = Field(default_factory=OutlookSettings)
    ics: IcsSettings = Field(default_factory=IcsSettings)
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)
    public_url: str | None = Field(
        None, description="where people reach the service, like https://guardian.acme.example"
    )
    session_secret: SecretStr | None = Field(
        None, description="signs the links in mails; without one the database keeps one"
    )
    smtp: SmtpSettings = Field(default_factory=SmtpSettings)
    email: EmailSettings = Field(default_factory=EmailSettings)
    cost: CostSettings = Field(default_factory=CostSettings)
    oidc: OidcSettings = Field(default_factory=OidcSettings)
    roles: RoleSettings = Field(default_factory=RoleSettings)
    retention: RetentionSettings = Field(default_factory=RetentionSettings)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            return zone_named(value).key
        except InputError as error:
            raise ValueError(str(error)) from error

    def by_directory(self) -> bool:
        """Whether the providers' directories say who is enrolled, instead of a file."""
        return self.people == DIRECTORY

    def killed(self) -> bool:
        """Whether the kill switch is on. Asked before every single write: the file counts as it is then, and one that
        cannot be looked for counts as there. Credentials that may only read count as a kill switch too."""
        return self.google.read_only or self.switched_off()

    def switched_off(self) -> bool:
        """Whether somebody pulled the switch itself. It stops mails too, which credentials that may only read do not."""
        if self.kill_switch:
            return True
        if self.kill_switch_file is None:
            return False
        try:
            return self.kill_switch_file.exists()
        except OSError:
            return True


def words_of(text: str) -> tuple[str, ...]:
    """A list of names as settings write it, separated by commas; in lower case."""
    return tuple(word.strip().lower() for word in text.split(",") if word.strip())


def load_settings() -> Settings:
    """Read environment and `.env`; raises SettingsError that names each wrong setting and the mend.

    Warns of names that nothing reads: a kill switch with a typing mistake must not go unnoticed.
    """
    settings = read_settings()
    for sentence in unknown_names():
        log.warning("%s", sentence)
    return settings


def read_settings() -> Settings:
    """As `load_settings`, without warnings."""
    try:
        return Settings(**_secrets_from_files(given()))
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(item) for item in error.errors())) from error
    except SourceError as error:
        raise SettingsError(f"{error}; give each part a variable of its own, like {PREFIX}ICS__ROOT") from error


def given() -> dict[str, str]:
    """Every `GUARDIAN_...` variable as written, the environment before `.env`; raises SettingsError for a broken `.env`."""
    try:
        written = DotEnvSettingsSource(Settings).env_vars
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{ENV_FILE}: cannot be read: {error}; save it as UTF-8, readable for this user") from error
    lines = {name.upper(): value or "" for name, value in written.items()}
    return {name: value for name, value in {**lines, **os.environ}.items() if name.startswith(PREFIX)}


def _secrets_from_files(variables: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in SECRETS:
        path = variables.get(f"{PREFIX}{name}_FILE")
        if path:
            found[name.lower()] = _read_secret(Path(path), f"{PREFIX}{name}_FILE")
    return found


def _secret(given: SecretStr | None, file: Path | None, setting: str) -> str | None:
    if file is not None:
        return _read_secret(file, f"{PREFIX}{setting}")
    return given.get_secret_value() if given else None


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
            names |= {f"{PREFIX}{name}__{info.alias or field}".upper() for field, info in inner.model_fields.items()}
        else:
            names.add(f"{PREFIX}{name}".upper())
    return names


def unknown_names() -> list[str]:
    """A sentence for each `GUARDIAN_...` variable that nothing reads: most likely a typing mistake."""
    strangers = sorted(name for name in given() if name.upper() not in known_names())
    return [f"{name} is not a setting of this version and is ignored{_did_you_mean(name)}" for name in strangers]


def _did_you_mean(name: str) -> str:
    close = difflib.get_close_matches(name, sorted(known_names()), n=1, cutoff=0.75)
    return f"; did you mean {close[0]}?" if close else ""
