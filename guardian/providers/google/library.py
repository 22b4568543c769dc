"""The untyped parts of Google's libraries that are used here, named once, so that everything around them stays typed."""

import logging
from typing import Any

import google_auth_httplib2
from google.auth import exceptions
from google.oauth2 import service_account
from googleapiclient import discovery, discovery_cache

AuthorizedHttp: Any = google_auth_httplib2.AuthorizedHttp
AuthRequest: Any = google_auth_httplib2.Request
Credentials: Any = service_account.Credentials
TransportError: Any = exceptions.TransportError
build_from_document: Any = discovery.build_from_document
get_static_doc: Any = discovery_cache.get_static_doc

# It warns of every refusal and quotes bodies that are not JSON; the errors we raise say it once and without people's data.
logging.getLogger("googleapiclient.http").setLevel(logging.ERROR)
