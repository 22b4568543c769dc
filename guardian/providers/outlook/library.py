"""The untyped parts of the sign-in library that are used here, named once, so that everything around them stays typed."""

from typing import Any

from msal import application, exceptions

ConfidentialClientApplication: Any = application.ConfidentialClientApplication
ServiceError: type[Exception] = exceptions.MsalServiceError
