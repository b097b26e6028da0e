"""What clients and other admins ask about this server."""

from __future__ import annotations

from typing import Any

import orjson
from babel import Locale
from flask import Response
from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import current
from app.accounts import lookup, signup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.doors import closed, offered
from app.emojis import known
from app.errors import NotFoundError
from app.federation.rules import suspends
from app.federation.tables import InstanceRow
from app.instance import activity, counts, house, list_readers, our_list, rules
from app.instance.our_list import Reader
from app.mastodon import answers, blueprint, present
from app.mastodon.serialise import emojis as emoji_entities
from app.mastodon.serialise import instances as entities
from app.oauth import bearer
from app.push import identity
from moderation.domains import exporting, modes, publishing
from moderation.domains.modes import Mode
from moderation.domains.publishing import Record
from moderation.domains.rules import DomainRules
from moderation.values import Visibility

api = blueprint.make("instance")
MOST_PEERS = 20_000


@api.get("/api/v1/instance")
def first() -> Response:
    """The instance, in Mastodon's first version of the entity."""
    return answers.json(entities.first(_facts()))


@api.get("/api/v2/instance")
def second() -> Response:
    """The instance."""
    return answers.json(entities.second(_facts()))


@api.get("/api/v1/instance/rules")
def house_rules() -> Response:
    """The rules of the house, in the reader's language."""
    with current.services().db.read() as session:
        return answers.json(_rules(session))


@api.get("/api/v1/instance/peers")
def peers() -> Response:
    """Domains that this server has to do with: not those that are suspended, nor those that are dead."""
    with current.services().db.read() as session:
        known_rules = DomainRules.load(session)
        alive = select(InstanceRow.domain).where(InstanceRow.dead_since.is_(None))
        known = session.scalars(alive.order_by(InstanceRow.domain).limit(MOST_PEERS)).all()
    return answers.json([domain for domain in known if not suspends(known_rules, domain)])


@api.get("/api/v1/instance/activity")
def weeks() -> Response:
    """What went on here in each of the last twelve weeks, the latest first."""
    told = activity.weeks(current.services())
    return answers.json(
        [
            {
                "week": str(int(week.begins_at.timestamp())),
                "statuses": str(week.posts),
                "logins": str(week.members),
                "registrations": str(week.sign_ups),
            }
            for week in told
        ]
    )


@api.get("/api/v1/instance/domain_blocks")
def domain_blocks() -> Response:
    """Rules about other domains that the admin made public, in Mastodon's words. Raises UnauthorizedError where they
    are for members, NotFoundError where they are for nobody who asks so."""
    _require_list()
    with current.services().db.read() as session:
        listed = publishing.in_force(session)
    return answers.json([entity for record in listed if (entity := _domain_block(record)) is not None])


@api.get("/api/v1/custom_emojis")
def custom_emojis() -> Response:
    """Those that members may write."""
    settings = current.services().settings
    house = known.of(settings)
    return answers.json(emoji_entities.house(house.all().values(), settings) if house is not None else [])


@api.get("/api/v1/instance/languages")
def languages() -> Response:
    """The languages that a post can be said to be in, by their codes of two letters."""
    named = Locale("en").languages
    return answers.json([{"code": code, "name": name} for code, name in sorted(named.items()) if len(code) == 2])


@api.get("/api/v1/preferences")
@bearer.require("read:accounts")
def preferences() -> Response:
    """How the member likes to post. Reading preferences aren't kept here, so they are Mastodon's defaults."""
    with current.services().db.read() as session:
        account = lookup.account(session, bearer.account_id())
    return answers.json(
        {
            "posting:default:visibility": present.visibility(Visibility(account.default_visibility)),
            "posting:default:sensitive": account.default_sensitive,
            "posting:default:language": account.default_language,
            "posting:default:quote_policy": account.default_quote_policy,
            "reading:expand:media": "default",
            "reading:expand:spoilers": False,
            "reading:autoplay:gifs": False,
        }
    )


def _facts() -> entities.Facts:
    services = current.services()
    key = identity.public_key(services)
    with services.db.read() as session:
        told = house.house(session, services.settings)
        door = offered.offer(session, services, str(get_locale() or "en"))
        return entities.Facts(
            settings=services.settings,
            house=told,
            counts=counts.counts(services),
            registration=signup.registration(session, services),
            rules=_rules(session),
            contact=_contact(session, told.contact_account),
            push_key=key,
            limited=modes.current(session).mode is Mode.ALLOWLIST,
            closed_words=None if door is None else closed.html(door),
            closed_helps=door is not None and door.helps,
        )


def _rules(session: Session) -> list[dict[str, Any]]:
    locale = str(get_locale() or "en")
    return [
        {
            "id": str(row.id),
            "text": rules.text_in(row, locale),
            "hint": rules.hint_in(row, locale),
            "translations": {
                language: {"text": rules.text_in(row, language), "hint": rules.hint_in(row, language)}
                for language in house.LANGUAGES
            },
        }
        for row in rules.rules(session)
    ]


def _contact(session: Session, name: str) -> orjson.Fragment | None:
    """The account to turn to: as set, else the first admin."""
    query = select(ActorRow).join(AccountRow, AccountRow.id == ActorRow.id).where(ActorRow.suspended_at.is_(None))
    whose = ActorRow.username_lower == name.lower() if name else AccountRow.role == Role.ADMIN
    row = session.scalar(query.where(whose).order_by(ActorRow.id).limit(1))
    return None if row is None else present.account(row)


def _require_list() -> None:
    with current.services().db.read() as session:
        readers = our_list.readers(session)
    if Reader.EVERYBODY in readers or list_readers.lets_in(current.services(), bearer.token(), readers):
        return
    list_readers.require_none(bearer.token(), readers)
    if Reader.MEMBERS not in readers:
        raise NotFoundError
    bearer.check("read")


def _domain_block(record: Record) -> dict[str, Any] | None:
    severity = exporting.mastodon_severity(record.severity)
    if severity not in ("silence", "suspend"):
        return None
    return {"domain": record.domain, "digest": record.digest, "severity": severity, "comment": record.comment}
