"""Cookies that pages set: HTTP-only, same-site, and of this host alone where HTTPS is."""

from hashlib import sha256

from fastapi import Request
from starlette.responses import Response

from api.config.settings import Settings

SESSION_COOKIE = "barfrub_session"
CSRF_COOKIE = "barfrub_csrf"
FIRST_STEP_COOKIE = "barfrub_first_step"
LANGUAGE_COOKIE = "barfrub_language"


def cookie_name(settings: Settings, name: str) -> str:
    """Return the name under which a browser keeps a cookie.

    `__Host-` forbids that another host of the same domain, or plain HTTP, sets it. Each sandbox has
    names of its own: cookies do not tell one port of a host from another.
    """
    own = f"training_{_city_digest(settings)}_{name}" if settings.training else name
    return f"__Host-{own}" if settings.secure_cookies else own


def _city_digest(settings: Settings) -> str:
    """Return letters for the city of a sandbox, whose name may hold what cookies' must not."""
    return sha256(settings.var.name.encode()).hexdigest()[:8]


def read_cookie(settings: Settings, request: Request, name: str) -> str:
    """Return what a cookie says, "" where there is none."""
    return request.cookies.get(cookie_name(settings, name), "")


def write_cookie(
    settings: Settings, request: Request, response: Response, name: str, text: str, lasts_s: int
) -> None:
    """Set a cookie for some seconds."""
    response.set_cookie(
        cookie_name(settings, name),
        text,
        max_age=lasts_s,
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies or request.url.scheme == "https",
    )


def drop_cookie(settings: Settings, response: Response, name: str) -> None:
    """Have a browser forget a cookie."""
    kept = cookie_name(settings, name)
    response.delete_cookie(kept, httponly=True, samesite="lax", secure=settings.secure_cookies)
