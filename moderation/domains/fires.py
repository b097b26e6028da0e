"""Our list as a FIRES dataset (https://fires.fedimod.org, data model of 2025): records as changes, and labels. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from moderation.domains.publishing import TOLD, Kind, Record
from moderation.domains.values import Filter
from moderation.values import Severity

CONTEXT: Final = ("https://www.w3.org/ns/activitystreams", "https://fires.fedimod.org/context/fires.jsonld")
SILENCE: Final = ("auto-unlisted", "prevent-recommendations", "prevent-trending")
"""What Mastodon's silence is in FIRES' filters."""
WORDS: Final[Mapping[Filter, str]] = {
    Filter.AVATARS: "reject-profile-media",
    Filter.REPLIES: "reject-replies",
    Filter.SENSITIVE: "auto-sensitive",
    Filter.UNLISTED: "auto-unlisted",
    Filter.TRENDS: "prevent-trending",
    Filter.PREVIEWS: "reject-previews",
    Filter.BOOSTS: "reject-boosts",
    Filter.FOLLOWS: "require-follow-requests",
}
"""FIRES' words for our filters; of previews and boosts it has none, and these are ours."""
_POLICIES: Final = {Severity.SUSPEND: "reject", Severity.ALLOW: "accept"}
Json = dict[str, Any]


def dataset(home: str, name: str) -> Json:
    """What the list is, and where its records are. `home` is the list's address, without a slash at its end."""
    return {
        "@context": list(CONTEXT),
        "id": f"{home}/fires",
        "url": home,
        "type": "Dataset",
        "name": name,
        "summary": "Rules about other servers that this house made public",
        "endpoints": {"snapshot": f"{home}/fires/snapshot", "changes": f"{home}/fires/changes"},
    }


def snapshot(home: str, records: Sequence[Record], latest: int) -> Json:
    """What holds now, and what was taken back: the newest first; `changes` reads on from there."""
    return {
        "@context": list(CONTEXT),
        "id": f"{home}/fires/snapshot",
        "type": "OrderedCollection",
        "totalItems": len(records),
        "changes": f"{home}/fires/changes?since={latest}",
        "orderedItems": [change(home, record) for record in records],
    }


def changes(home: str, since: int, records: Iterable[Record], following: int | None) -> Json:
    """A page of changes, the oldest first."""
    items = [change(home, record) for record in records if record.kind is Kind.GONE or not record.hidden]
    page: Json = {
        "@context": list(CONTEXT),
        "id": f"{home}/fires/changes?since={since}",
        "type": "OrderedCollectionPage",
        "partOf": f"{home}/fires/changes",
        "orderedItems": items,
    }
    return page | ({"next": f"{home}/fires/changes?since={following}"} if following is not None else {})


def change(home: str, record: Record) -> Json:
    """One record. What is hidden since is a Tombstone, which names nobody."""
    said: Json = {"id": f"{home}/fires/changes/{record.number}", "published": record.at.isoformat()}
    if record.kind is Kind.GONE:
        return {"type": "Tombstone", **said}
    said |= {"entityKind": "domain", "entityKey": record.domain}
    if record.kind is Kind.RETRACTED:
        return {"type": "Retraction", **said, "comment": "The rule was lifted"}
    said |= {"labels": [f"{home}/fires/labels/{name}" for name in record.labels], "comment": record.comment}
    if record.severity is Severity.NOOP and not _filters(record):
        return {"type": "Advisory", **said}
    policy = _POLICIES.get(record.severity, "filter")
    said["recommendedPolicy"] = policy
    if policy == "filter":
        said["recommendedFilters"] = [f"{home}#{name}" for name in _filters(record)]
    return {"type": "Recommendation", **said}


def labels(home: str, names: Mapping[str, str]) -> Json:
    """The labels that records have; `names` are their names for people."""
    return {
        "@context": [CONTEXT[0], {"Label": "https://fires.fedimod.org/ns#Label"}],
        "id": f"{home}/fires/labels",
        "type": "OrderedCollection",
        "totalItems": len(TOLD),
        "orderedItems": [label(home, name, names[name]) for name in sorted(TOLD)],
    }


def label(home: str, name: str, words: str) -> Json:
    """One label."""
    return {"id": f"{home}/fires/labels/{name}", "url": home, "type": "Label", "name": words}


def _filters(record: Record) -> list[str]:
    found = [name for name, wanted in (("reject-media", record.reject_media), ("reject-reports", record.reject_reports))
             if wanted]  # fmt: skip
    silenced = record.severity in (Severity.SILENCE, Severity.HOLD)
    return sorted({*found, *(WORDS[one] for one in record.filters), *(SILENCE if silenced else ())})
