"""Our list of rules about other servers: a page, Mastodon's CSV, JSON, and a FIRES dataset, for whom it is meant."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request

from app.current import services
from app.errors import NotFoundError
from app.federation import visitors
from app.instance import list_readers, our_list
from app.instance.our_list import Reader
from app.oauth import bearer
from app.web import forms, house, labels, sessions
from moderation.domains import exporting, fires, planned, publishing
from moderation.domains.publishing import TOLD, Record

blueprint = sessions.guard(Blueprint("our_list", __name__))
PAGE = "/about/blocks"
MOST_CHANGES = 500
SHOWN = 1000
"""On the page; its files have them all."""


@blueprint.get(PAGE)
def page() -> str:
    """The rules that were made public, and those that were taken back."""
    _require_reader()
    with services().db.read() as session:
        rules, back = publishing.in_force(session), publishing.retracted(session)
        plans = planned.announced(session)
    return render_template(
        "our-list.html",
        rules=rules,
        most=SHOWN,
        back=back,
        plans=plans,
        severity_of=labels.severity,
        label_of=labels.name,
        obfuscated=publishing.obfuscated,
    )


@blueprint.get(f"{PAGE}.csv")
def as_csv() -> Response:
    """As Mastodon takes it. Names that are hidden aren't in it: nobody could take them."""
    _require_reader()
    with services().db.read() as session:
        told = exporting.published(publishing.in_force(session))
    return _kept(Response(told, mimetype="text/csv"))


@blueprint.get(f"{PAGE}.json")
def as_json() -> Response:
    """All that is told, with what was taken back."""
    _require_reader()
    with services().db.read() as session:
        records = [*publishing.in_force(session), *publishing.retracted(session)]
    return _json([exporting.told(record) for record in records])


@blueprint.get(f"{PAGE}/fires")
def dataset() -> Response:
    """What the FIRES dataset is, and where its records are."""
    _require_reader()
    return _json(fires.dataset(_home(), house.describe(services()).title))


@blueprint.get(f"{PAGE}/fires/snapshot")
def snapshot() -> Response:
    """The newest word on each server."""
    _require_reader()
    with services().db.read() as session:
        latest, records = publishing.latest(session), publishing.snapshot(session)
    return _json(fires.snapshot(_home(), records, latest))


@blueprint.get(f"{PAGE}/fires/changes")
def changes() -> Response:
    """Every word since a number, the oldest first, a page at a time."""
    _require_reader()
    since = _since()
    with services().db.read() as session:
        records, following = publishing.changes(session, since, MOST_CHANGES)
    return _json(fires.changes(_home(), since, records, following))


@blueprint.get(f"{PAGE}/fires/changes/<int:number>")
def change(number: int) -> Response:
    """One of them."""
    _require_reader()
    return _json(fires.change(_home(), _record(number)))


@blueprint.get(f"{PAGE}/fires/labels")
def all_labels() -> Response:
    """The labels that records have."""
    _require_reader()
    return _json(fires.labels(_home(), {name: labels.name(name) for name in TOLD}))


@blueprint.get(f"{PAGE}/fires/labels/<name>")
def one_label(name: str) -> Response:
    """One of them."""
    _require_reader()
    if name not in TOLD:
        raise NotFoundError
    return _json(fires.label(_home(), name, labels.name(name)))


def _record(number: int) -> Record:
    with services().db.read() as session:
        records, _following = publishing.changes(session, number - 1, 1)
    found = next((each for each in records if each.number == number), None)
    if found is None or (found.hidden and found.kind is not publishing.Kind.GONE):
        raise NotFoundError
    return found


def _require_reader() -> None:
    """Raises NotFoundError for whom the list isn't meant, UnauthorizedError for a reader's token that is no good."""
    with services().db.read() as session:
        wanted = our_list.readers(session)
    if Reader.EVERYBODY in wanted or list_readers.lets_in(services(), bearer.token(), wanted):
        return
    list_readers.require_none(bearer.token(), wanted)
    if Reader.MEMBERS in wanted and is_member():
        return
    if Reader.PEERS in wanted and "Signature" in request.headers and visitors.signer(services()) is not None:
        return
    raise NotFoundError


def is_member() -> bool:
    """Whether somebody of this house asks: signed in, or with a token. Raises ForbiddenError for one that may not read,
    UnauthorizedError for one that is no good."""
    if sessions.member() is not None:
        return True
    return bearer.token() is not None and bearer.check("read").account_id is not None


def _home() -> str:
    return services().settings.base_url + PAGE


def _since() -> int:
    return forms.asked_number("since") or 0


def _json(value: Any) -> Response:
    return _kept(Response(orjson.dumps(value), mimetype="application/json"))


def _kept(answer: Response) -> Response:
    """Who asks again with the digest of what they have is told that nothing changed."""
    answer.add_etag()
    answer.make_conditional(request)
    return answer
