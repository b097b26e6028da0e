"""Links as browsers read them (WHATWG's URL standard, its special schemes): rules see the host that a click leads to.

A backslash is a slash, a host is unquoted and spelt by IDNA, dots in a path lead up. What is written in another way
than usual would else walk past every rule about its host. Pure.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

LONGEST_HOST: Final = 253
LONGEST_PATH: Final = 500
_USUAL: Final = re.compile(
    r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(/(?:[A-Za-z0-9_~-]+(?:[/.][A-Za-z0-9_~-]+)*)?/?)?(?:[?#].*)?"
)
"""Nearly every link: nothing in it is read in two ways."""
_WEB: Final = re.compile(r"(https?):[/\\]*(.*)", re.IGNORECASE | re.DOTALL)
_IN_NO_HOST: Final = re.compile(r"[\x00-\x20#/<>?@\[\\\]^|%\x7f]")
"""With one of these a browser takes an address for none; a null is more than PostgreSQL can be asked about."""
_LEFT_OUT: Final = re.compile(r"[\t\r\n]")


def place(link: str) -> tuple[str, str] | None:
    """The host of a link without its port, and its path, unquoted, without a slash at its end; None without a host."""
    usual = _USUAL.fullmatch(link)
    if usual is not None and len(usual[1]) <= LONGEST_HOST:
        return usual[1], (usual[2] or "")[:LONGEST_PATH].rstrip("/")
    read = _as_browsers_do(link)
    try:
        parts = urlsplit(read)
        name = _name(parts.hostname or "")
    except ValueError:
        return None
    return (name, path(parts.path)) if name else None


def host(link: str) -> str:
    """The host of a link, without its port; empty where it has none."""
    found = place(link)
    return "" if found is None else found[0]


def path(written: str) -> str:
    """A path as it is compared: unquoted, its dots followed, with single slashes before its parts; empty for none."""
    kept: list[str] = []
    for part in unquote(written).replace("\\", "/").split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    return "".join(f"/{part}" for part in kept)[:LONGEST_PATH]


def _as_browsers_do(link: str) -> str:
    web = _WEB.fullmatch(_LEFT_OUT.sub("", link).strip())
    if web is None:
        return link
    before, sign, after = _parted(web[2])
    return f"{web[1]}://" + before.replace("\\", "/") + sign + after


def _parted(rest: str) -> tuple[str, str, str]:
    """At the first `?` or `#`: what stands behind is no path."""
    found = re.search(r"[?#]", rest)
    return (rest, "", "") if found is None else (rest[: found.start()], found[0], rest[found.end() :])


def _name(written: str) -> str:
    """By IDNA where that is possible; what is no name stays, in small letters. Empty for what leads nowhere."""
    name = unquote(written).lower().rstrip(".") if len(written) <= 12 * LONGEST_HOST else ""
    if _IN_NO_HOST.search(name):
        return ""
    try:
        spelt = name if name.isascii() else name.encode("idna").decode("ascii").rstrip(".")
    except UnicodeError:
        spelt = name
    return spelt if len(spelt) <= LONGEST_HOST else ""
