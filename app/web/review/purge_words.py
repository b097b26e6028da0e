"""The words of purges: what went, from where, and what made it."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from app.purging.tables import PurgeKind
from app.purging.values import Store


def kind(which: PurgeKind) -> str:
    """What made a report."""
    return {
        PurgeKind.REGULAR: _("The regular purge"),
        PurgeKind.BY_HAND: _("A purge by hand"),
        PurgeKind.ACCOUNT: _("An account was deleted"),
        PurgeKind.DEPARTURE: _("An account elsewhere is gone"),
        PurgeKind.GRAVE: _("What was sealed was destroyed"),
    }[which]


def store(which: Store) -> str:
    """Where something lay."""
    return {
        Store.TABLES: _("Tables"),
        Store.FILES: _("Members’ files"),
        Store.CACHE: _("Copies of other servers’ files"),
        Store.INDEX: _("Search index"),
        Store.QUEUE: _("Queues between servers"),
        Store.VAULT: _("What was sealed"),
    }[which]


def what(name: str) -> str:
    """What a purge forgets; its name where there are no words."""
    return whats().get(name, name)


def size(count: int) -> str:
    """Bytes in a unit that people read."""
    units: tuple[tuple[int, Callable[[str], str]], ...] = (
        (10**9, lambda number: _("%(number)s GB", number=number)),
        (10**6, lambda number: _("%(number)s MB", number=number)),
        (10**3, lambda number: _("%(number)s kB", number=number)),
    )
    for least, said in units:
        if count >= least:
            return said(f"{count / least:.1f}")
    return _("%(number)s bytes", number=count)


def whats() -> dict[str, str]:
    """What each purge forgets, by the names of `app.purging.table`."""
    return {
        "snapshots": _("evidence (snapshots)"),
        "examples": _("which evidence is an example of what"),
        "lessons": _("which evidence was taught as what"),
        "findings": _("findings"),
        "scores": _("scores"),
        "fingerprints": _("fingerprints"),
        "addresses": _("network addresses"),
        "browsers": _("browsers in which members were signed in"),
        "sign_ups": _("sign-ups that nobody confirmed"),
        "traits": _("how members signed up, as counts"),
        "pictures": _("pictures from elsewhere"),
        "uploads": _("uploads that were never posted, or stand nowhere any more"),
        "words": _("words of posts that are gone, in the search index"),
        "copies": _("copies made under orders"),
        "received": _("activities that were received and settled"),
        "sent": _("activities that were sent and arrived, or were given up"),
        "webhooks": _("webhooks’ deliveries"),
        "cards": _("cards of pages that no post shows any more"),
        "wanted": _("addresses that could not be fetched"),
        "tombstones": _("digests of what was deleted before it came"),
        "settled": _("digests of activities that were dealt with"),
        "severed": _("follows that ended with a server"),
        "mutes": _("mutes for a time"),
        "activity": _("how many members were here, by week and day"),
        "shifts": _("shifts, and who was there when"),
        "rule_hits": _("what rules for the door matched, and their trials"),
        "drift": _("days of posts as counts, for drift"),
        "handovers": _("lines that the crew leaves to the crew"),
        "calls": _("who was called when"),
        "unconfirmed_doors": _("addresses left before the closed door that nobody confirmed"),
        "waiting_list": _("entries of the waiting list"),
        "organisations": _("organisations that asked for invitations"),
        "reports": _("reports of purges"),
        "notices": _("name and address of who gave a legal notice"),
        "unconfirmed_notices": _("legal notices that nobody confirmed"),
        "grave": _("what is sealed of a grave case"),
    }
