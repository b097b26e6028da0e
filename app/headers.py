"""Headers on every answer: a strict content policy, no sniffing, no referrer to elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, g, request

from app import current

EVERYWHERE = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"))
PAGES = (
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)
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
    said = {name.lower() for name in headers.keys()}  # noqa: SIM118 -- these headers iterate over pairs
    for name, value in _wanted(response, cross_origin="access-control-allow-origin" not in said):
        if name.lower() not in said:
            headers.add(name, value)
    return response


def _wanted(response: Response, *, cross_origin: bool) -> Iterator[tuple[str, str]]:
    yield from EVERYWHERE
    if response.mimetype == "text/html":
        yield "Content-Security-Policy", g.get("content_policy") or content_policy()
        yield from PAGES
    if cross_origin and request.path.startswith(CROSS_ORIGIN):
        yield from CORS.items()
        # `*` leaves out Authorization, and old browsers don't know it: whatever is asked for is said
        yield "Access-Control-Allow-Headers", request.headers.get("Access-Control-Request-Headers", ANY_HEADER)
