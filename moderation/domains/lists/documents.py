"""Lists that are one JSON document. Each shape gives rows with this house's names of fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from moderation.domains.fires import SILENCE, WORDS
from moderation.domains.lists.values import Form, Row
from moderation.domains.values import Filter
from moderation.values import Severity

T = TypeVar("T")
ITEMS: Final = 200_000
_SHOWN: Final = 200
_POLICIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "reject": {"severity": Severity.SUSPEND},
    "followers_only": {"severity": Severity.SILENCE},
    "federated_timeline_removal": {"filters": [Filter.UNLISTED]},
    "media_removal": {"reject_media": True},
    "media_nsfw": {"filters": [Filter.SENSITIVE]},
    "avatar_removal": {"filters": [Filter.AVATARS]},
    "banner_removal": {"filters": [Filter.AVATARS]},
    "report_removal": {"reject_reports": True},
    "accept": {"severity": Severity.ALLOW},
}
"""What Akkoma's simple policies are here."""
_FIRES: Final[Mapping[str, Severity]] = {
    "drop": Severity.SUSPEND,
    "reject": Severity.SUSPEND,
    "filter": Severity.SILENCE,
    "accept": Severity.ALLOW,
}
_FIRES_FILTERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "reject-media": {"reject_media": True},
    "reject-reports": {"reject_reports": True},
    **{one.value: {"filters": [one]} for one in Filter},
    **{name: {"filters": [one]} for one, name in WORDS.items()},
    "reject-profile-avatars": {"filters": [Filter.AVATARS]},
}
_KINDS: Final = frozenset(("Advisory", "Recommendation", "Retraction", "Tombstone"))


def load(text: str) -> Any:
    """The document; None where the text isn't one, but perhaps lines."""
    start = text.removeprefix("\ufeff").lstrip()[:1]
    if start not in ("{", "["):
        return None
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None


def read(document: Any) -> tuple[Form, Iterator[Row]] | None:
    """The shape of a document and its rows; None for a shape that isn't known."""
    if isinstance(document, list):
        return (Form.FIRES, _fires(document)) if _is_fires(document) else (Form.DOMAINS, _domains(document))
    if not isinstance(document, dict):
        return None
    for found in _SHAPES:
        shape = found(document)
        if shape is not None:
            return shape
    return None


def _rapidblock(document: Mapping[str, Any]) -> tuple[Form, Iterator[Row]] | None:
    blocks = document.get("blocks")
    return (Form.RAPIDBLOCK, _of_rapidblock(blocks)) if isinstance(blocks, dict) else None


def _of_rapidblock(blocks: Mapping[str, Any]) -> Iterator[Row]:
    for place, (domain, said) in enumerate(_bounded(list(blocks.items())), start=1):
        block = said if isinstance(said, dict) else {}
        if block.get("isBlocked") is False:
            yield Row(place, domain[:_SHOWN], {"domain": domain, "retracted": True, "public_comment": _text(block)})
        else:
            yield Row(
                place,
                domain[:_SHOWN],
                {"domain": domain, "public_comment": _text(block), "labels": _strings(block.get("tags"))},
            )


def _fediseer(document: Mapping[str, Any]) -> tuple[Form, Iterator[Row]] | None:
    instances = document.get("instances")
    return (Form.FEDISEER, _of_fediseer(instances)) if isinstance(instances, list) else None


def _of_fediseer(instances: Sequence[Any]) -> Iterator[Row]:
    for place, each in enumerate(_bounded(instances), start=1):
        if not isinstance(each, dict):
            yield Row(place, str(each)[:_SHOWN], "not an object")
            continue
        hesitated = each.get("hesitation_reasons") or each.get("hesitation_count")
        kind = "hesitation" if hesitated and not each.get("censure_reasons") else "censure"
        fields: dict[str, Any] = {"domain": each.get("domain")}
        if kind == "hesitation":
            fields["severity"] = Severity.SILENCE.value
        fields["public_comment"] = ", ".join(dict.fromkeys(_strings(each.get(f"{kind}_reasons"))))
        fields["private_comment"] = " ".join(dict.fromkeys(_strings(each.get(f"{kind}_evidence"))))
        yield Row(place, str(each.get("domain"))[:_SHOWN], fields)


def _names(document: Mapping[str, Any]) -> tuple[Form, Iterator[Row]] | None:
    """Fediseer's short answers: names alone, as a list or as one line."""
    domains, line = document.get("domains"), document.get("csv")
    if isinstance(line, str):
        domains = [each for each in line.split(",") if each.strip()]
    return (Form.FEDISEER, _domains(domains)) if isinstance(domains, list) else None


def _domains(items: Sequence[Any]) -> Iterator[Row]:
    for place, each in enumerate(_bounded(items), start=1):
        if isinstance(each, str):
            yield Row(place, each[:_SHOWN], {"domain": each})
        elif isinstance(each, dict):
            fields = dict(each)
            if "comment" in fields:
                fields.setdefault("public_comment", fields.pop("comment"))
            domain = fields.get("domain")
            if isinstance(domain, dict):  # GoToSocial wraps it in its newer answers
                fields["domain"] = domain.get("domain")
            yield Row(place, str(fields.get("domain"))[:_SHOWN], fields)
        else:
            yield Row(place, str(each)[:_SHOWN], "neither a name nor an object")


def _simple(document: Mapping[str, Any]) -> tuple[Form, Iterator[Row]] | None:
    inner: Any = document
    for name in ("metadata", "federation"):
        inner = inner.get(name, inner) if isinstance(inner, dict) else {}
    policies = inner.get("mrf_simple") if isinstance(inner, dict) else None
    if not isinstance(policies, dict):
        return None
    told = inner.get("mrf_simple_info")
    return Form.SIMPLE_POLICY, _of_simple(policies, told if isinstance(told, dict) else {})


def _of_simple(policies: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Row]:
    """One row for each domain, with all that the policies say of it; what has no meaning here has a row of its own."""
    found: dict[str, dict[str, Any]] = {}
    left: list[tuple[str, str]] = []
    for policy, names in policies.items():
        for name in names if isinstance(names, list) else ():
            domain = name if isinstance(name, str) else str(name)
            if policy not in _POLICIES:
                left.append((domain, policy))
                continue
            fields = found.setdefault(domain, {"domain": domain, "severity": Severity.NOOP})
            _add(fields, _POLICIES[policy])
            reason = _text(_inner(told, policy, domain))
            if reason and reason not in fields.get("public_comment", ""):
                fields["public_comment"] = "; ".join(filter(None, (fields.get("public_comment"), reason)))
    place = 0
    for place, (domain, fields) in enumerate(_bounded(list(found.items())), start=1):
        yield Row(place, domain[:_SHOWN], _settled(fields))
    for more, (domain, policy) in enumerate(_bounded(left), start=place + 1):
        yield Row(more, domain[:_SHOWN], f"the policy {policy[:40]!r} has no meaning here")


def _settled(fields: dict[str, Any]) -> dict[str, Any]:
    """What is suspended or let in has nothing to tone down."""
    if fields["severity"] in (Severity.SUSPEND, Severity.ALLOW):
        fields.pop("filters", None)
    return fields


def _add(fields: dict[str, Any], more: Mapping[str, Any]) -> None:
    order = (Severity.NOOP, Severity.ALLOW, Severity.SILENCE, Severity.SUSPEND)
    for name, value in more.items():
        if name == "filters":
            fields["filters"] = [*fields.get("filters", ()), *value]
        elif name == "severity":
            fields["severity"] = max(fields.get("severity", Severity.NOOP), value, key=order.index)
        else:
            fields[name] = value


def _collection(document: Mapping[str, Any]) -> tuple[Form, Iterator[Row]] | None:
    items = document.get("orderedItems", document.get("items"))
    first = document.get("first")
    if items is None and isinstance(first, dict):
        items = first.get("orderedItems", first.get("items"))
    if isinstance(items, list):
        return Form.FIRES, _fires(items)
    return (Form.FIRES, _fires([document])) if _word(document, "type") in _KINDS else None


def _is_fires(items: Sequence[Any]) -> bool:
    return any(isinstance(each, dict) and _word(each, "type") in _KINDS for each in items[:20])


def _fires(items: Sequence[Any]) -> Iterator[Row]:
    for place, each in enumerate(_bounded(items), start=1):
        if not isinstance(each, dict) or _word(each, "type") not in _KINDS:
            yield Row(place, str(each)[:_SHOWN], "not a change of a FIRES dataset")
            continue
        domain = each.get("entityKey")
        shown = str(domain if domain is not None else each.get("id"))[:_SHOWN]
        if each.get("entityKind") != "domain" or domain is None:
            yield Row(place, shown, "it isn’t about a domain")
        elif each["type"] in ("Retraction", "Tombstone"):
            yield Row(place, shown, {"domain": domain, "retracted": True, "public_comment": each.get("comment") or ""})
        else:
            yield Row(place, shown, _of_change(domain, each))


def _of_change(domain: Any, change: Mapping[str, Any]) -> Mapping[str, Any] | str:
    labels = _strings(change.get("labels"))
    said = change.get("comment")
    fields: dict[str, Any] = {"domain": domain, "labels": labels}
    if said:
        fields["public_comment"] = said
    if change["type"] == "Advisory":
        return fields | {"severity": Severity.NOOP}
    policy = _word(change, "recommendedPolicy")
    if policy not in _FIRES:
        return f"unknown policy {policy[:40]!r}"
    fields["severity"] = _FIRES[policy]
    if policy == "filter":
        _add_filters(fields, _strings(change.get("recommendedFilters")))
    return fields


def _add_filters(fields: dict[str, Any], uris: Sequence[str]) -> None:
    """What is to be toned down; the parts that make a silence are one, and no filters beside it."""
    names = {uri.rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1] for uri in uris}
    silenced = names.issuperset(SILENCE)
    for name in sorted(names.difference(SILENCE) if silenced else names):
        _add(fields, _FIRES_FILTERS.get(name, {}))


def _word(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _inner(told: Mapping[str, Any], policy: str, domain: str) -> Mapping[str, Any]:
    reasons = told.get(policy)
    found = reasons.get(domain) if isinstance(reasons, dict) else None
    return found if isinstance(found, dict) else {}


def _text(said: Mapping[str, Any]) -> str:
    reason = said.get("reason")
    return reason if isinstance(reason, str) else ""


def _bounded(items: Sequence[T]) -> Sequence[T]:
    return items[:ITEMS]


_SHAPES: Final[Sequence[Callable[[Mapping[str, Any]], tuple[Form, Iterator[Row]] | None]]] = (
    _rapidblock,
    _simple,
    _fediseer,
    _names,
    _collection,
)
