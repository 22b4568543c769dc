"""The app's token: one for all mailboxes, fetched once however many threads ask, by Microsoft's own library."""

import threading
from datetime import datetime, timedelta
from typing import Any

import httpx2

from guardian.errors import AccessLost, GuardianError, ProviderDown
from guardian.ports import Clock
from guardian.providers.hosted import OnRequest
from guardian.providers.outlook.config import OutlookConfig
from guardian.providers.outlook.credentials import Credential
from guardian.providers.outlook.faults import tenant_unknown, token_refused
from guardian.providers.outlook.library import ConfidentialClientApplication, ServiceError

NO_TENANT = frozenset({400, 404})
"""How the discovery document of a tenant that does not exist is answered."""

REMEMBERED = timedelta(seconds=60)
"""How long a refusal serves everybody who asks, before the service is asked again."""


class TokenHttp:
    """How the sign-in library reaches the network: through our client, telling who listens. Holds the status and the
    `Date` of the last answer."""

    def __init__(self, http: httpx2.Client, on_request: OnRequest) -> None:
        self._http = http
        self._on_request = on_request
        self.status = 0
        self.date = ""

    def get(self, url: str, **kwargs: Any) -> httpx2.Response:
        return self._asked("token.discovery", "GET", url, **kwargs)

    def post(self, url: str, data: dict[str, Any] | None = None, **kwargs: Any) -> httpx2.Response:
        """The library hands a signed request over as bytes, which our client would write as `b'...'`."""
        form = {name: value.decode() if isinstance(value, bytes) else value for name, value in (data or {}).items()}
        return self._asked("token", "POST", url, data=form, **kwargs)

    def close(self) -> None:
        """The client is not ours to close."""

    def _asked(self, name: str, method: str, url: str, **kwargs: Any) -> httpx2.Response:
        self.status = 0
        try:
            response = self._http.request(method, url, **kwargs)
            self.status, self.date = response.status_code, response.headers.get("date", "")
        finally:
            self._on_request(name, self.status)
        return response


class Tokens:
    """Thread-safe. The library is built with the first token, since its constructor calls out; it is dropped after every
    failure of the service, since it would keep that in mind on its own clock, past our back-off."""

    def __init__(
        self, config: OutlookConfig, credential: Credential, http: httpx2.Client, now: Clock, on_request: OnRequest
    ) -> None:
        self._config = config
        self._credential = credential
        self._http = TokenHttp(http, on_request)
        self._now = now
        self._lock = threading.Lock()
        self._app: Any = None
        self._token: str | None = None
        self._refusal: tuple[datetime, AccessLost] | None = None

    @property
    def date(self) -> str:
        """The `Date` header of the sign-in service's last answer, empty where none came."""
        return self._http.date

    def current(self) -> str:
        """A token that is good for a while yet. Raises AccessLost and ProviderDown."""
        with self._lock:
            return self._acquired()

    def instead_of(self, refused: str) -> str:
        """A token other than the one that Graph refused; another thread may have seen to it already."""
        with self._lock:
            if self._token == refused and self._app is not None:
                self._app.remove_tokens_for_client()
            return self._acquired()

    def _acquired(self) -> str:
        if self._refusal and timedelta() <= self._now() - self._refusal[0] < REMEMBERED:
            raise self._refusal[1]
        try:
            self._token, self._refusal = self._asked(), None
        except GuardianError as error:
            self._app = None
            if isinstance(error, AccessLost):
                self._refusal = (self._now(), error)
            raise
        return self._token

    def _asked(self) -> str:
        try:
            app = self._built()
            found = app.acquire_token_for_client([self._config.scope])
        except (ServiceError, httpx2.HTTPError, LookupError, TypeError, RuntimeError, ValueError) as error:
            raise ProviderDown(f"the sign-in service did not answer properly ({type(error).__name__})") from error
        if isinstance(found, dict) and isinstance(found.get("access_token"), str):
            return str(found["access_token"])
        raise token_refused(found if isinstance(found, dict) else {}, self._http.status, self._config)

    def _built(self) -> Any:
        """No discovery of other hosts than the configured one: an authority of one's own is not known publicly."""
        if self._app is None:
            try:
                self._app = ConfidentialClientApplication(
                    self._config.client_id,
                    client_credential=self._credential.value,
                    authority=f"{self._config.authority}/{self._config.tenant_id}",
                    instance_discovery=False,
                    http_client=self._http,
                )
            except ValueError as error:
                if self._http.status in NO_TENANT:
                    raise tenant_unknown(self._http.status) from error
                raise
        return self._app
