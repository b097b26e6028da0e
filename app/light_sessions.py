"""Flask's cookie sessions, opened only for browsers that bring one: the API's clients have none, and ask most often."""

from __future__ import annotations

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class LightSessions(SecureCookieSessionInterface):
    """The same sessions; a request without a cookie costs neither a key's derivation nor a look at one."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:  # type: ignore[override]
        """The cookie's session, or a new and empty one."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to do for a session that nobody looked at."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)
