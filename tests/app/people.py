"""The cast of these tests as rows: members here, people elsewhere, and what they posted."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.credentials import hash_password
from app.accounts.keys import KeyPair
from app.accounts.making import local_actor
from app.accounts.tables import AccountRow, ActorRow, Role
from app.ids import IDS
from app.notifications.tables import NotificationKind, NotificationRow
from app.posts.drafts import PostDraft
from app.posts.tables import PostKind, PostRow, PostState
from app.services import Services
from moderation.values import Outcome, SubjectKind, Visibility
from moderation.verdicts.tables import VerdictRow

PASSWORD = "a long enough password"
_KEYS = KeyPair("a public key", "a private key")


@cache
def _hash() -> str:
    return hash_password(PASSWORD)


def member(services: Services, name: str, role: Role = Role.MEMBER, **columns: Any) -> AccountRow:
    """A confirmed member who can sign in, with a second factor where their role takes one; `columns` go to their actor."""
    now = services.clock.now()
    with services.db.write() as session:
        actor = local_actor(services.settings, name, _KEYS, now - timedelta(days=90))
        for column, value in columns.items():
            setattr(actor, column, value)
        session.add(actor)
        session.flush()
        account = AccountRow(
            id=actor.id,
            email=f"{name}@mail.example",
            email_lower=f"{name}@mail.example",
            password_hash=_hash(),
            role=role,
            session_salt=f"salt of {name}",
            created_at=now,
            confirmed_at=now,
            approved_at=now,
            second_factor_at=None if role is Role.MEMBER else now,
        )
        account.actor = actor
        session.add(account)
    return account


def remote(services: Services, name: str, domain: str = "far.example", **columns: Any) -> ActorRow:
    """Somebody elsewhere."""
    now = services.clock.now()
    uri = f"https://{domain}/users/{name}"
    row = ActorRow(
        id=IDS.take(now),
        uri=uri,
        local=False,
        username=name,
        username_lower=name,
        domain=domain,
        inbox_url=f"{uri}/inbox",
        shared_inbox_url=f"https://{domain}/inbox",
        created_at=now,
        fields=[],
        **{"published_at": now - timedelta(days=400), **columns},
    )
    with services.db.write() as session:
        session.add(row)
    return row


def draft(services: Services, sender: ActorRow, text: str, path: str = "/statuses/1", **more: Any) -> PostDraft:
    """A public post of somebody elsewhere, as the intake makes it of a Note; `path` comes after their address."""
    now = services.clock.now()
    values = {"kind": PostKind.NOTE, "visibility": Visibility.PUBLIC, "submitted_at": now, "published_at": now, **more}
    return PostDraft(
        uri=sender.uri + path, actor_id=sender.id, local=False, content=f"<p>{text}</p>", text=text, **values
    )


def verdict(session: Session, services: Services, uri: str, outcome: Outcome = Outcome.APPROVE) -> VerdictRow:
    """A stored verdict about a subject."""
    row = VerdictRow(
        uri=uri,
        kind=SubjectKind.POST,
        outcome=outcome,
        author_uri=uri,
        reasons=[],
        policy_version=1,
        models={},
        made_at=services.clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def post(services: Services, author: ActorRow, text: str = "Hello.", **columns: Any) -> PostRow:
    """A post that was published, unless `columns` says otherwise."""
    now = services.clock.now()
    state = columns.pop("state", PostState.PUBLISHED)
    outcome = columns.pop("outcome", Outcome.APPROVE if state is PostState.PUBLISHED else Outcome.HOLD)
    with services.db.write() as session:
        identifier = IDS.take(now)
        uri = columns.pop("uri", f"{author.uri}/statuses/{identifier}")
        judged = verdict(session, services, uri, outcome)
        row = PostRow(
            id=identifier,
            uri=uri,
            actor_id=author.id,
            local=author.local,
            state=state,
            visibility=columns.pop("visibility", Visibility.PUBLIC),
            kind=columns.pop("kind", PostKind.NOTE),
            verdict_id=judged.id,
            outcome=outcome,
            conversation=uri,
            content=f"<p>{text}</p>",
            source=text if author.local else "",
            submitted_at=now,
            published_at=now,
            fanned_out_at=now,
            **columns,
        )
        session.add(row)
    return row


def told(services: Services, account_id: int) -> list[NotificationKind]:
    """What a member was told, oldest first."""
    with services.db.read() as session:
        rows = session.scalars(
            select(NotificationRow).where(NotificationRow.account_id == account_id).order_by(NotificationRow.id)
        )
        return [row.kind for row in rows]


def again(services: Services, row: Any) -> Any:
    """The row as it is in the database now."""
    with services.db.read() as session:
        key = row.pk if isinstance(row, PostRow) else row.id
        return session.get_one(type(row), key)
