"""The cookies of a login. Behind https they cannot be set or read by any other host, nor travel unencrypted."""

from starlette.requests import Request
from starlette.responses import Response

from guardian.settings import Settings

SESSION, ON_THE_WAY = "guardian", "guardian-login"


def secure(settings: Settings) -> bool:
    """Whether people reach the service by https."""
    return (settings.public_url or "").startswith("https://")


def cookie_name(settings: Settings, name: str) -> str:
    """With https the prefix makes browsers refuse the cookie from anywhere but this very host."""
    return f"__Host-{name}" if secure(settings) else name


def session_secret(request: Request, settings: Settings) -> str | None:
    """What the session cookie holds, None without one."""
    return request.cookies.get(cookie_name(settings, SESSION))


def login_secret(request: Request, settings: Settings) -> str | None:
    """What the cookie of a login under way holds, None without one."""
    return request.cookies.get(cookie_name(settings, ON_THE_WAY))


def give(response: Response, settings: Settings, name: str, secret: str) -> None:
    """Until the browser is closed; the server decides when it ends before that."""
    response.set_cookie(
        cookie_name(settings, name), secret, path="/", secure=secure(settings), httponly=True, samesite="lax"
    )


def take(response: Response, settings: Settings, name: str) -> None:
    response.delete_cookie(
        cookie_name(settings, name), path="/", secure=secure(settings), httponly=True, samesite="lax"
    )
