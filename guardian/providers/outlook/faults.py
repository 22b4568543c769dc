"""What the sign-in service answers when it refuses. It answers 400 and 401 alike; the AADSTS number tells what is wrong.

Numbers: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
"""

import http.client
from typing import Any

from guardian.errors import AccessLost, GuardianError, ProviderDown
from guardian.providers.outlook.config import OutlookConfig

SETTING = "GUARDIAN_OUTLOOK__CLIENT_SECRET"
CERTIFICATE = "GUARDIAN_OUTLOOK__CERTIFICATE_FILE"
TENANT = "GUARDIAN_OUTLOOK__TENANT_ID"
CLIENT = "GUARDIAN_OUTLOOK__CLIENT_ID"

MENDS = {
    7000215: ("the client secret is wrong", f"copy the secret's value (not its id) into {SETTING}"),
    7000222: ("the client secret has expired", f"make a new secret in the app registration and set {SETTING}"),
    700024: ("the signed request is not valid at this time", "set this machine's clock, for instance with NTP"),
    700027: (
        "the certificate is not accepted: it is not the app's, or has expired",
        f"upload the certificate of {CERTIFICATE} to the app registration, or renew it there and here",
    ),
    1000502: (
        "the certificate has expired",
        f"make a new certificate, upload it to the app registration and replace {CERTIFICATE}",
    ),
    700016: ("the tenant does not know this app", f"correct {CLIENT} and {TENANT}"),
    90002: ("there is no such tenant", f"correct {TENANT}, or GUARDIAN_OUTLOOK__AUTHORITY for another cloud"),
    7000112: ("the app is disabled", "enable it under Enterprise applications"),
    500011: ("this cloud's Graph is not known there", "correct GUARDIAN_OUTLOOK__GRAPH_ROOT for this cloud"),
    1002012: ("the scope is not accepted", "correct GUARDIAN_OUTLOOK__GRAPH_ROOT"),
    53003: ("conditional access blocks the app", "exempt the app in the conditional access policies for workloads"),
}
"""Number -> what is wrong, and the mend."""

EXPIRED_CERTIFICATE = frozenset({700027, 1000502})


class SignInRefused(AccessLost):
    """No token at all, for anybody. `code` is the AADSTS number, 0 where there is none."""

    def __init__(self, message: str, code: int, mend: str) -> None:
        super().__init__(message)
        self.code = code
        self.mend = mend


def token_refused(answer: dict[str, Any], status: int, config: OutlookConfig) -> GuardianError:
    """For an answer without a token; `status` is that of the last response."""
    if status == http.client.TOO_MANY_REQUESTS or status >= http.client.INTERNAL_SERVER_ERROR:
        return ProviderDown(f"the sign-in service has a fault of its own ({status})")
    error, codes = str(answer.get("error") or "no reason given"), answer.get("error_codes")
    code = next((c for c in codes if isinstance(c, int)), 0) if isinstance(codes, list) else 0
    wrong, mend = MENDS.get(code) or _by_error(error, config)
    number = f", AADSTS{code}" if code else ""
    return SignInRefused(f"no token: {wrong} ({error}{number}); {mend}", code, mend)


def _by_error(error: str, config: OutlookConfig) -> tuple[str, str]:
    if error == "invalid_client":
        setting = CERTIFICATE if config.certificate_file else SETTING
        return "the app's credentials are not accepted", f"renew them in the app registration and set {setting}"
    return "the sign-in service refuses", f"check {TENANT}, {CLIENT} and the app registration"


def tenant_unknown(status: int) -> SignInRefused:
    wrong, mend = MENDS[90002]
    return SignInRefused(f"no token: {wrong} ({status}); {mend}", 90002, mend)
