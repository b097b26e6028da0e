"""Headers on every answer: a strict content policy, no sniffing, no referrer to elsewhere."""

from __future__ import annotations

from flask import Response, g, request

from app import current

CROSS_ORIGIN = ("/api/", "/oauth/", "/.well-known/", "/nodeinfo/", "/users/", "/media/")
ANY_HEADER = "Authorization, *"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Expose-Headers": (
        "Link, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining, X-Request-Id, Mastodon-Async-Refresh, "
        "Retry-After, ETag"
    ),
    "Access-Control-Max-Age": "7200",
}
"""Max-Age is in seconds: Chromium keeps no answer for longer."""


def content_policy() -> str:
    """Nothing from elsewhere: no scripts, fonts, pictures or frames but ours; forms go here."""
    pictures = current.services().settings.media_origin or ""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {pictures}; "
        f"media-src 'self' {pictures}; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; manifest-src 'self'"
    )


def secure(response: Response) -> Response:
    """Set what isn't set."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html":
        headers.setdefault("Content-Security-Policy", g.get("content_policy") or content_policy())
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.path.startswith(CROSS_ORIGIN) and "Access-Control-Allow-Origin" not in headers:
        headers.extend(CORS)
        # `*` leaves out Authorization, and old browsers don't know it: whatever is asked for is said
        headers["Access-Control-Allow-Headers"] = request.headers.get("Access-Control-Request-Headers", ANY_HEADER)
    return response
