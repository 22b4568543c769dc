"""The app's secret, or its certificate file: read once, checked before anything is sent."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from guardian.errors import SettingsError
from guardian.providers.outlook.config import OutlookConfig
from guardian.providers.secret_file import SecretFile

SETTING = "GUARDIAN_OUTLOOK__CERTIFICATE_FILE"
MEND = "put the private key and the certificate into it, both as PEM without a password"
PEM_FILE = SecretFile(
    SETTING,
    "ascii",
    oversized=f"a key and a certificate; {MEND}",
    unreadable="name the PEM file of the app",
    undecodable=f"PEM; {MEND}",
)


@dataclass(frozen=True, slots=True)
class Credential:
    """`value` is what the sign-in library takes; `expires` is known of certificates only."""

    value: Any = field(repr=False)
    expires: datetime | None = None


def load(config: OutlookConfig) -> Credential:
    """Raises SettingsError with the mend. An expired certificate is no fault here: the doctor tells of it."""
    if config.certificate_file is None:
        return Credential(config.client_secret)
    path = config.certificate_file
    text = PEM_FILE.text(path)
    try:
        key = load_pem_private_key(text.encode(), password=None)
        [certificate, *_] = [c for c in x509.load_pem_x509_certificates(text.encode()) if _belongs(c, key)]
    except (ValueError, TypeError) as error:
        # The library's words are left out: they may quote the key.
        raise SettingsError(f"{SETTING}: {path} holds no usable key with its certificate; {MEND}") from error
    return Credential({"private_key": text, "public_certificate": text}, certificate.not_valid_after_utc)


def _belongs(certificate: x509.Certificate, key: Any) -> bool:
    return bool(certificate.public_key() == key.public_key())
