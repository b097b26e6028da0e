"""Scopes of Mastodon's API: which there are, and which of them a broader one includes."""

from __future__ import annotations

from functools import lru_cache

from app.errors import InvalidError

DEFAULT = "read"
_READ = ("accounts", "blocks", "bookmarks", "favourites", "filters", "follows", "lists", "mutes", "notifications",
         "search", "statuses")  # fmt: skip
_WRITE = ("accounts", "blocks", "bookmarks", "conversations", "favourites", "filters", "follows", "lists", "media",
          "mutes", "notifications", "reports", "statuses")  # fmt: skip
_ADMIN = ("accounts", "canonical_email_blocks", "domain_allows", "domain_blocks", "email_domain_blocks", "ip_blocks",
          "reports")  # fmt: skip
INCLUDED: dict[str, frozenset[str]] = {
    "profile": frozenset(),
    "push": frozenset(),
    "read": frozenset(f"read:{part}" for part in _READ) | {"profile"},
    "write": frozenset(f"write:{part}" for part in _WRITE),
    "follow": frozenset(f"{way}:{what}" for way in ("read", "write") for what in ("blocks", "follows", "mutes")),
    "admin:read": frozenset(f"admin:read:{part}" for part in _ADMIN),
    "admin:write": frozenset(f"admin:write:{part}" for part in _ADMIN),
}
KNOWN = frozenset(INCLUDED) | frozenset().union(*INCLUDED.values())
SUPPORTED = sorted(KNOWN)


def parse(text: str) -> tuple[str, ...]:
    """The scopes of a space-separated list, each once, in their order. Raises InvalidError for an unknown one."""
    names = tuple(dict.fromkeys(text.replace("+", " ").split())) or (DEFAULT,)
    for name in names:
        if name not in KNOWN:
            raise InvalidError("The requested scope is invalid, unknown, or malformed", code="invalid_scope")
    return names


@lru_cache(maxsize=1024)
def expand(text: str) -> frozenset[str]:
    """Everything that a stored list of scopes allows: a request needs one name to be in it."""
    names = frozenset(text.split())
    return names.union(*(INCLUDED.get(name, frozenset()) for name in names))


def within(wanted: str, allowed: str) -> bool:
    """Whether every scope in `wanted` is allowed by `allowed`."""
    return expand(wanted) <= expand(allowed)
