"""Profiles go through the door like posts: what isn't let in (yet) leaves the old profile standing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import profile_content, standing
from app.accounts.profile_content import ProfileContent
from app.accounts.tables import AccountRow, ActorRow
from app.errors import InvalidError, NotFoundError
from app.federation import links, outgoing
from app.federation.wire import sanitise
from app.media import remembered
from app.posts import markup
from app.services import Services
from moderation import door, hashtags, turns
from moderation.cases import witnessing
from moderation.cases.reversals import UNDO_WINDOW
from moderation.evidence.changes import AUTHOR, SERVER
from moderation.values import PUBLISHABLE, Judgement, Media, Outcome, RecordedVerdict

MAX_NAME, MAX_NOTE, MAX_OWN_FIELDS, MAX_FIELD = 30, 500, 4, 255
MAX_DOMAINS = 10
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
HELD, WAITING = "held", "waiting"
_SWITCHES = ("locked", "bot", "discoverable", "indexable", "attribution_domains")
_UNTOLD = ("hides_follows",)
"""Switches of which the actor's document says nothing."""


@dataclass(frozen=True)
class ProfileEdit:
    """What a member changes; None leaves a thing as it is. `note` and the fields' values are typed text."""

    display_name: str | None = None
    note: str | None = None
    fields: tuple[tuple[str, str], ...] | None = None
    locked: bool | None = None
    bot: bool | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    hides_follows: bool | None = None
    attribution_domains: list[str] | None = None
    default_visibility: str | None = None
    default_sensitive: bool | None = None
    default_language: str | None = None
    default_quote_policy: str | None = None
    locale: str | None = None
    avatar_url: str | None = None
    header_url: str | None = None
    """Addresses of uploads of theirs; empty takes the picture away."""


@dataclass(frozen=True, slots=True)
class RemoteProfile:
    """What another server says of an actor that is stored here already: HTML as it came, bounded and cleaned here."""

    actor_id: int
    display_name: str = ""
    summary: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    avatar_url: str | None = None
    header_url: str | None = None
    emojis: tuple[tuple[str, str], ...] = ()

    @property
    def content(self) -> ProfileContent:
        """What of it may be shown, once it's let in."""
        return profile_content.content(
            self.display_name,
            self.summary,
            self.fields,
            avatar_url=self.avatar_url,
            header_url=self.header_url,
            emojis=self.emojis,
        )


def edit(services: Services, account_id: int, wanted: ProfileEdit) -> ActorRow:
    """Change a member's profile. The switches change at once; the words when the door lets them in.

    The row that comes back has `pending_profile` set where the words wait. Raises InvalidError for what is too long,
    and for what a rule refuses.
    """
    _require_sizes(wanted)
    if wanted.attribution_domains is not None:
        wanted = replace(wanted, attribution_domains=_checked_domains(wanted.attribution_domains))
    with services.db.read() as session:
        account = session.get(AccountRow, account_id)
        if account is None:
            raise NotFoundError
    _set_switches(services, account_id, wanted)
    content = _wanted_content(services, account.actor, wanted)
    outcomes = admit(services, {account_id: content})
    if outcomes.get(account_id) is Outcome.REJECT:
        raise InvalidError(_("A rule of this server refuses this profile"), code="profile_refused")
    if account_id not in outcomes:
        _look_at_links_again(services, account_id)
    with services.db.read() as session:
        return session.get_one(ActorRow, account_id)


def admit_remote_profiles(services: Services, profiles: Sequence[RemoteProfile]) -> None:
    """Take what other servers say of actors stored here; call it after the write that stored them."""
    admit(services, {profile.actor_id: profile.content for profile in profiles})


def admit(services: Services, news: Mapping[int, ProfileContent]) -> dict[int, Outcome | None]:
    """Judge a batch of profiles, by actor id, then store each as its verdict says, in one write.

    The outcome by actor id; None where a check failed and it waits. What is shown, or waits, already is left out.
    """
    now = services.clock.now()
    with services.db.read() as session:
        actors = list(session.scalars(select(ActorRow).where(ActorRow.id.in_(news))))
        changed = [actor for actor in actors if _is_new(actor, news[actor.id])]
        judged = [actor for actor in changed if not news[actor.id].empty]
        authors = standing.authors(session, judged, now)
        batch = [
            profile_content.submission(
                actor, authors[actor.id], news[actor.id], _pictures(session, services, news[actor.id]), now
            )
            for actor in judged
        ]
        judgements = door.judge(session, batch, services.tools) if batch else []
    if changed:
        with services.db.write() as session:
            turns.take(session)
            _empty_out(session, services, [actor.id for actor in changed if news[actor.id].empty])
            return _store(session, services, [actor.id for actor in judged], judgements, news)
    return {}


def _pictures(session: Session, services: Services, wanted: ProfileContent) -> tuple[Media, ...]:
    return remembered.of_profile(session, services.settings, profile_content.picture_urls(wanted))


def rejudge_waiting(services: Services, limit: int = 100) -> int:
    """Judge profiles again whose check had failed, oldest account first; how many wait no longer."""
    with services.db.read() as session:
        rows = session.scalars(
            select(ActorRow)
            .where(
                ActorRow.pending_profile.is_not(None),
                ActorRow.pending_profile["state"].as_string() == WAITING,
            )
            .order_by(ActorRow.id)
            .limit(limit)
        )
        waiting = {row.id: content for row in rows if (content := profile_content.pending(row)) is not None}
    from app.uploads import again  # it knows accounts: at the top this would be a circle

    again.look(services, (), [url for each in waiting.values() for url in profile_content.picture_urls(each)])
    return sum(outcome is not None for outcome in admit(services, waiting).values())


def apply_pending(
    session: Session, services: Services, actor: ActorRow, verdict: RecordedVerdict | None = None
) -> bool:
    """Show what waited: a person let it in. False where nothing waits (any more)."""
    waiting = profile_content.pending(actor)
    if waiting is None:
        return False
    _apply(session, services, actor, waiting, verdict)
    return True


def drop_pending(actor: ActorRow) -> bool:
    """What waited will not be shown; the old profile stands. False where nothing waits."""
    there = actor.pending_profile is not None
    actor.pending_profile = None
    return there


def blank(session: Session, services: Services, actor: ActorRow) -> None:
    """Take a shown profile away: a person removed it. What it said is kept as pending, so that it can come back."""
    before = profile_content.shown(actor)
    if not before.empty:
        profile_content.show(actor, ProfileContent())
        actor.pending_profile = {"content": profile_content.to_json(before), "state": HELD, "verdict_id": None}
        if actor.local:
            links.shown(session, services, actor)
            session.flush()
            outgoing.profile_removed(session, services, actor, not_before=services.clock.now() + UNDO_WINDOW)


def _store(
    session: Session,
    services: Services,
    actor_ids: list[int],
    judgements: Sequence[Judgement],
    news: Mapping[int, ProfileContent],
) -> dict[int, Outcome | None]:
    recorded = door.record(session, list(judgements), services.clock.now())
    outcomes: dict[int, Outcome | None] = {}
    for actor_id, verdict in zip(actor_ids, recorded.verdicts, strict=True):
        actor = session.get_one(ActorRow, actor_id)
        outcomes[actor_id] = verdict.outcome if verdict else None
        if verdict is not None and verdict.outcome in PUBLISHABLE:
            _apply(session, services, actor, news[actor_id], verdict)
        elif verdict is None or verdict.outcome is Outcome.HOLD:
            _keep(actor, news[actor_id], verdict)
        else:
            actor.pending_profile = None
    from app.enforcement import enact  # it knows posts, and those know profiles: at the top this would be a circle

    enact.enact(services, session, recorded.effects)
    return outcomes


def _apply(
    session: Session, services: Services, actor: ActorRow, wanted: ProfileContent, verdict: RecordedVerdict | None
) -> None:
    profile_content.show(actor, wanted)
    actor.pending_profile = None
    if verdict is not None:
        actor.profile_verdict_id = verdict.id
    _witness(session, services, actor)
    _tell(session, services, actor)


def _witness(session: Session, services: Services, actor: ActorRow) -> None:
    """A profile that a case is about says something else from now on: that is evidence, too."""
    if witnessing.wants(session, actor.uri):
        now = services.clock.now()
        content = profile_content.shown(actor)
        author, pictures = standing.author_of(session, actor, now), _pictures(session, services, content)
        shown = profile_content.submission(actor, author, content, pictures, now)
        witnessing.edited(session, shown, AUTHOR if actor.local else SERVER, now)


def _keep(actor: ActorRow, wanted: ProfileContent, verdict: RecordedVerdict | None) -> None:
    actor.pending_profile = {
        "content": profile_content.to_json(wanted),
        "state": HELD if verdict else WAITING,
        "verdict_id": verdict.id if verdict else None,
    }


def _empty_out(session: Session, services: Services, actor_ids: list[int]) -> None:
    for actor_id in actor_ids:
        _apply(session, services, session.get_one(ActorRow, actor_id), ProfileContent(), None)


def _tell(session: Session, services: Services, actor: ActorRow) -> None:
    if actor.local:
        links.shown(session, services, actor)
        session.flush()
        outgoing.profile_updated(session, services, actor)


def _look_at_links_again(services: Services, account_id: int) -> None:
    """Who saves a profile that hasn't changed wants just this."""
    with services.db.write() as session:
        links.shown(session, services, session.get_one(ActorRow, account_id), again=True)


def _is_new(actor: ActorRow, wanted: ProfileContent) -> bool:
    """Whether it differs from what is shown; or waits for a check, which may be back; or would replace what waits."""
    waiting = actor.pending_profile
    if waiting is None:
        return wanted != profile_content.shown(actor)
    return waiting["state"] == WAITING or wanted != profile_content.from_json(waiting["content"])


def _checked_domains(domains: Sequence[str]) -> list[str]:
    """Names of websites, each once, in lower case. Raises InvalidError."""
    named = list(dict.fromkeys(domain.strip().lower().removeprefix("https://").rstrip("/") for domain in domains))
    wanted = [domain for domain in named if domain]
    if len(wanted) > MAX_DOMAINS:
        raise InvalidError(_("At most %(most)s websites can name you", most=MAX_DOMAINS), code="too_many_domains")
    if not all(_DOMAIN.fullmatch(domain) for domain in wanted):
        raise InvalidError(_("One of these is no website’s name"), code="no_domain")
    return wanted


def _set_switches(services: Services, account_id: int, wanted: ProfileEdit) -> None:
    of_actor = {name: getattr(wanted, name) for name in (*_SWITCHES, *_UNTOLD)}
    of_account = {
        name: getattr(wanted, name)
        for name in ("default_visibility", "default_sensitive", "default_language", "default_quote_policy", "locale")
    }
    with services.db.write() as session:
        account = session.get_one(AccountRow, account_id)
        before = [getattr(account.actor, name) for name in _SWITCHES]
        for row, values in ((account.actor, of_actor), (account, of_account)):
            for name, value in values.items():
                if value is not None:
                    setattr(row, name, value)
        if before != [getattr(account.actor, name) for name in _SWITCHES]:
            _tell(session, services, account.actor)


def _wanted_content(services: Services, actor: ActorRow, wanted: ProfileEdit) -> ProfileContent:
    """The edit upon what waits, or else upon what is shown: two edits in a row add up."""
    base = profile_content.pending(actor) or profile_content.shown(actor)
    source = base.summary_source if wanted.note is None else wanted.note.strip()
    summary = base.summary if wanted.note is None else _html(services, source)
    fields = base.fields
    if wanted.fields is not None:
        fields = tuple((name, sanitise.from_plain(value)) for name, value in wanted.fields if name.strip())
    return profile_content.content(
        base.display_name if wanted.display_name is None else wanted.display_name,
        summary,
        fields,
        summary_source=source,
        avatar_url=base.avatar_url if wanted.avatar_url is None else wanted.avatar_url or None,
        header_url=base.header_url if wanted.header_url is None else wanted.header_url or None,
    )


def _html(services: Services, source: str) -> str:
    return markup.write(source, {}, lambda tag: services.settings.url(hashtags.path(tag))).html


def _require_sizes(wanted: ProfileEdit) -> None:
    too_long = (
        len(wanted.display_name or "") > MAX_NAME
        or len(wanted.note or "") > MAX_NOTE
        or len(wanted.fields or ()) > MAX_OWN_FIELDS
        or any(max(len(name), len(value)) > MAX_FIELD for name, value in wanted.fields or ())
    )
    if too_long:
        raise InvalidError(_("That is too long"), code="too_long")
