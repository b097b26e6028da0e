"""Who can be written to at another server, by its own word; asked for only when a moderator wants to know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import structlog
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import AppError
from app.federation import actors, instances
from app.federation.tables import InstanceRow
from app.federation.wire import discovery, fetching, sanitise, uris
from app.federation.wire.errors import FetchError, MalformedError
from app.federation.wire.fetching import Kind
from app.services import Services

log = structlog.get_logger()
MOST_ACCOUNTS: Final = 5
LONGEST_EMAIL: Final = 254
_EMAIL: Final = re.compile(r"[^\s@<>\"',;:()\\]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_DOCUMENTS: Final = ("/api/v2/instance", "/api/v1/instance")


@dataclass(frozen=True, slots=True)
class Contact:
    """Handles (`name@domain`) of its own people, or their addresses, those that are named first; and a mail address."""

    accounts: tuple[str, ...] = ()
    email: str = ""


def of(row: InstanceRow | None) -> Contact:
    """What was told when it was last asked."""
    kept = (row.contact if row is not None else None) or {}
    return Contact(tuple(kept.get("accounts", ())), kept.get("email", ""))


def ask(services: Services, domain: str) -> Contact:
    """Ask a server who can be written to, and remember it. Raises ForbiddenError where its domain is suspended."""
    actors.require_open(services, domain)
    told = list(_told(services, domain))
    accounts = dict.fromkeys(name for each in told for name in each.accounts)
    found = Contact(tuple(accounts)[:MOST_ACCOUNTS], next((each.email for each in told if each.email), ""))
    with services.db.write() as session:
        instances.meet(session, domain, services.clock.now())
        row = session.get_one(InstanceRow, domain)
        row.contact, row.contact_at = asdict(found) | {"accounts": list(found.accounts)}, services.clock.now()
    return found


def account(services: Services, contact: Contact, domain: str) -> ActorRow | None:
    """The first of its accounts that is one of this domain's own and can be had; None where there is none."""
    for name in contact.accounts:
        try:
            row = actors.fetch(services, name) if "://" in name else actors.by_handle(services, name)
        except AppError as error:
            log.info("contact_not_had", domain=domain, code=error.code)
            continue
        if row.inbox_url and row.deleted_at is None and domain in (row.domain, uris.origin(row.uri)):
            return row
    return None


def known(session: Session, domain: str) -> Contact:
    """What is remembered of a domain."""
    return of(session.get(InstanceRow, domain))


def _told(services: Services, domain: str) -> Iterator[Contact]:
    """What each of its documents says; those of others' making first, as Mastodon says most."""
    base = f"{services.settings.scheme}://{domain}"
    for path in _DOCUMENTS:
        try:
            fetched = services.fetcher.get(base + path, Kind.JSON)
            if uris.same_origin(fetched.url, base):
                yield _of_the_client_api(fetching.load(fetched), services, domain)
                break
        except (FetchError, MalformedError) as error:
            log.info("contact_missing", domain=domain, path=path, error=error.code)
    document = instances.nodeinfo(services, domain)
    if document is not None:
        yield _of_nodeinfo(document, domain)


def _of_the_client_api(document: dict[str, Any], services: Services, domain: str) -> Contact:
    said = document.get("contact")
    contact = said if isinstance(said, dict) else {}
    who = contact.get("account") or document.get("contact_account")
    email = contact.get("email") or document.get("email")
    acct = who.get("acct") if isinstance(who, dict) else None
    return Contact(_handle(services, acct, domain), _email(email))


def _of_nodeinfo(document: dict[str, Any], domain: str) -> Contact:
    """Akkoma's and Pleroma's list of staff; Misskey's maintainer."""
    said = document.get("metadata")
    metadata = said if isinstance(said, dict) else {}
    staff, maintainer = metadata.get("staffAccounts"), metadata.get("maintainer")
    named = staff[:MOST_ACCOUNTS] if isinstance(staff, list) else []
    own = (each for each in named if isinstance(each, str) and uris.origin(each) == domain and len(each) <= 2048)
    email = maintainer.get("email") if isinstance(maintainer, dict) else None
    return Contact(tuple(own), _email(email))


def _handle(services: Services, acct: object, domain: str) -> tuple[str, ...]:
    if not isinstance(acct, str) or len(acct) > 400:
        return ()
    try:
        name, home = discovery.split_handle(acct if "@" in acct.lstrip("@") else f"{acct}@{domain}")
    except MalformedError:
        return ()
    return (f"{name}@{home}",) if home != services.settings.domain else ()


def _email(value: object) -> str:
    text = sanitise.plain_line(value, LONGEST_EMAIL) if isinstance(value, str) else ""
    return text if _EMAIL.fullmatch(text) else ""
