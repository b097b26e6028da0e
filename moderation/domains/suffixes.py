"""Suffixes under which strangers register: those of registries, by the Public Suffix List, and a few more.

`public_suffixes.txt` is the list without its comments and top-level domains, in ASCII; `make suffixes` writes it anew
from a copy of the list. Nothing is fetched while a house runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final

import idna

FILE: Final = "public_suffixes.txt"
OURS: Final = frozenset(
    (
        *("github.io", "gitlab.io", "pages.dev", "netlify.app", "vercel.app", "herokuapp.com", "web.app"),
        *("blogspot.com", "wordpress.com", "duckdns.org", "no-ip.org", "dyndns.org", "ddns.net", "masto.host"),
        *("eu.org", "uk.com", "us.com", "de.com", "gb.net"),
    )
)
"""Hosts under which strangers keep servers and pages for years. Others of the list's private section, such as tunnels
that change hands by the hour, are for people to decide about.
"""
_LICENCE: Final = """\
// This Source Code Form is subject to the terms of the Mozilla Public
// License, v. 2.0. If a copy of the MPL was not distributed with this
// file, You can obtain one at https://mozilla.org/MPL/2.0/.
// From https://publicsuffix.org/list/public_suffix_list.dat, without comments and top-level domains, in ASCII.
"""


def is_shared(host: str) -> bool:
    """Whether strangers register under a canonical name, or under all right below it."""
    rules = _rules()
    if host in OURS or host in rules or f"*.{host}" in rules:
        return True
    return f"*.{host.partition('.')[2]}" in rules and f"!{host}" not in rules


def compact(text: str) -> str:
    """What `public_suffixes.txt` has of a copy of the Public Suffix List. Raises idna.IDNAError for a name that is
    none."""
    version = next((line for line in text.splitlines() if line.startswith("// VERSION:")), "")
    return _LICENCE + "".join(f"{line}\n" for line in (version, *sorted(_names(text))) if line)


def _names(text: str) -> Iterator[str]:
    """What registries sell under; not the list's private section."""
    for raw in text.partition("===BEGIN PRIVATE DOMAINS===")[0].splitlines():
        rule = raw.strip()
        if "." in rule and not rule.startswith("//"):
            mark = next((each for each in ("*.", "!") if rule.startswith(each)), "")
            yield mark + idna.encode(rule.removeprefix(mark), uts46=True).decode("ascii")


@cache
def _rules() -> frozenset[str]:
    text = resources.files("moderation.domains").joinpath(FILE).read_text("ascii")
    return frozenset(line for line in text.splitlines() if not line.startswith("//"))
