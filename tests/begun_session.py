"""A session as signing in begins it, without the form's slow hash."""

from collections.abc import Callable
from datetime import datetime

from api.access.sessions import SessionCookie, Sessions
from data.model import SignInMethod
from data.store.accounts.accounts import find_user_by_login
from data.store.database.engine import Database, transaction
from fleet.accounts.sessions import SessionOrigin


def begun_session(
    engine: Database,
    login: str,
    method: SignInMethod = SignInMethod.PASSWORD,
    now: Callable[[], datetime] | None = None,
) -> SessionCookie:
    """Sign somebody in and return what the cookies hold."""
    with transaction(engine) as tx:
        user = find_user_by_login(tx, login)
        assert user is not None, login
        origin = SessionOrigin(method, "10.0.0.7", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
        sessions = Sessions(engine, now) if now else Sessions(engine)
        cookie = sessions.new_cookie(user, origin)
        sessions.begin(tx, user, origin, cookie)
        return cookie
