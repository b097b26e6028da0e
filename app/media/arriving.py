"""A picture from elsewhere arrives: before anybody is shown it, what shows it is judged again with it, if it speaks.

Few pictures do: each is compared with the lists, and its score with the policy's lines, and only what is found there
makes a judgement. That is recorded in the write that keeps the picture, so that no reader comes between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.accounts import profile, profile_content, standing
from app.accounts.tables import ActorRow
from app.enforcement import enact
from app.media import cache, sights
from app.media.cache import Drawn, Picture
from app.media.shapes import Shape
from app.media.sights import Seen
from app.posts import redraft, submissions
from app.posts.tables import AttachmentRow, PostRow, PostState
from app.services import Services
from moderation import door, turns
from moderation.holds.tables import HoldRow, HoldState
from moderation.listed import matching
from moderation.listed.matching import Match
from moderation.listed.tables import ListSeverity
from moderation.policy import store
from moderation.recording import verdicts
from moderation.values import Effect, Judgement, Media, Outcome, RecordedVerdict, SubjectKind, Verb

MOST: Final = 50
"""Posts, and profiles, that show one picture and are judged again at once."""
RESTRAINED: Final = (Outcome.LABEL, Outcome.LIMIT, Outcome.HOLD, Outcome.REJECT)
SPOKEN: Final = frozenset(("listed_picture", "listed_file", "nudity", "nudity_trusted", "nudity_careful"))
"""Reasons that a picture gives."""
log = structlog.get_logger()


class UnjudgedError(Exception):
    """A check failed on what shows the picture: it is shown when that is back."""


def arrive(services: Services, picture: Picture, drawn: Drawn) -> bool:
    """Keep a picture whose files were written. Whether it speaks: then whoever wanted to show it asks again if it may.

    Raises UnjudgedError where a check fails; nothing is kept then.
    """
    judged = _judged(services, picture, _media(picture, drawn))
    with services.db.write() as session:
        if judged:
            turns.take(session)
        cache.keep(session, picture, drawn, services.clock.now())
        session.flush()
        _apply(services, session, picture, judged or ())
    return judged is not None


def arrive_film(services: Services, picture: Picture, width: int, height: int, seen: Seen, size_bytes: int) -> bool:
    """The same of a film or sound. False where its row was taken away while it was made. Raises UnjudgedError."""
    media = sights.known(Media(picture.url), seen.digests[-1], sights.to_json(seen))
    judged = _judged(services, picture, media)
    with services.db.write() as session:
        if judged:
            turns.take(session)
        kept = cache.keep_recording(session, picture, width, height, seen, size_bytes, services.clock.now())
        session.flush()
        _apply(services, session, picture, judged or ())
    return kept


def _judged(services: Services, picture: Picture, media: Media) -> list[Judgement] | None:
    """What comes of it for whatever shows it; None where it doesn't speak."""
    with services.db.read() as session:
        matches, spoke = _speaks(services, session, media)
        judged = _judge(services, session, picture, media) if spoke else None
    if judged is not None:
        log.info("media_speaks", host=picture.host, judged=len(judged), lists=[each.list_name for each in matches])
    return judged


def speaks(services: Services, picture: Picture, seen: Seen) -> bool:
    """Whether what was seen of a file stands on a list, or reaches a line of the policy."""
    media = sights.known(Media(picture.url), seen.digests[-1], sights.to_json(seen))
    with services.db.read() as session:
        return _speaks(services, session, media)[1]


def is_barred(services: Services, picture: Picture, drawn: Drawn) -> bool:
    """Whether a list bars a picture wherever it is shown."""
    with services.db.read() as session:
        matches, _ = _speaks(services, session, _media(picture, drawn))
    return any(each.severity is not ListSeverity.SENSITIVE for each in matches)


def _media(picture: Picture, drawn: Drawn) -> Media:
    return sights.known(Media(picture.url), drawn.sha256, sights.to_json(drawn.seen) if drawn.seen else None)


def _speaks(services: Services, session: Session, media: Media) -> tuple[Sequence[Match], bool]:
    policy = store.current(session)
    found = matching.find(session, [media], services.tools.bank, policy.pictures, services.clock.now())
    lines = policy.pictures.nudity
    least = min(
        (line for line in (lines.label, lines.limit, lines.hold, lines.reject) if line is not None), default=2.0
    )
    score = media.nudity.score if media.nudity is not None else None
    return found.get(media, ()), media in found or (score is not None and score >= least)


def _judge(services: Services, session: Session, picture: Picture, media: Media) -> list[Judgement]:
    if picture.shape is Shape.PICTURE:
        shows = select(AttachmentRow.post_pk).where(AttachmentRow.url == picture.url)
        which = (PostRow.state == PostState.PUBLISHED, PostRow.pk.in_(shows))
        drafts = redraft.whole(session, *which, limit=MOST)
        around = submissions.look_around(session, drafts)
        around = replace(around, files={**around.files, picture.url: media})
        batch = [submissions.build(draft, around) for draft in drafts]
    else:
        face = or_(ActorRow.avatar_url == picture.url, ActorRow.header_url == picture.url)
        actors = list(session.scalars(select(ActorRow).where(face, ActorRow.deleted_at.is_(None)).limit(MOST)))
        authors = standing.authors(session, actors, services.clock.now())
        batch = [
            profile_content.submission(
                actor, authors[actor.id], profile_content.shown(actor), (media,), services.clock.now()
            )
            for actor in actors
        ]
    judged = door.judge(session, batch, services.tools) if batch else []
    if any(each.outcome is None for each in judged):
        raise UnjudgedError
    words = verdicts.latest_words(session, [each.submission.uri for each in judged])
    return [each for each in judged if each.quarantine or (_restrains(each) and each.submission.uri not in words)]


def _restrains(judgement: Judgement) -> bool:
    """Whether it is for the picture's sake that it isn't let in as it is. What a person said of it stands."""
    return judgement.outcome in RESTRAINED and not SPOKEN.isdisjoint(judgement.reasons)


def _apply(services: Services, session: Session, picture: Picture, judgements: Sequence[Judgement]) -> None:
    if not judgements:
        return
    recorded = door.record(session, judgements, services.clock.now(), services.tools.policies)
    effects: list[Effect] = []
    for judgement, verdict in zip(judgements, recorded.verdicts, strict=True):
        if verdict is not None and not judgement.quarantine:
            effects += _effects(services, session, picture, judgement, verdict)
    held = [each.uri for each in recorded.verdicts if each is not None and each.outcome is Outcome.HOLD]
    shown = (HoldRow.uri.in_(held), HoldRow.state == HoldState.HELD)
    session.execute(update(HoldRow).where(*shown).values(was_published=True))
    enact.enact(services, session, [*effects, *recorded.effects])


def _effects(
    services: Services, session: Session, picture: Picture, judgement: Judgement, verdict: RecordedVerdict
) -> list[Effect]:
    if judgement.submission.kind is SubjectKind.PROFILE:
        _faceless(services, session, picture, verdict)
        return []
    if verdict.outcome in (Outcome.LABEL, Outcome.LIMIT):
        return [Effect(Verb.LABEL, verdict.uri, None, verdict, {"warning": judgement.warning})]
    return [Effect(Verb.WITHDRAW, verdict.uri, None, verdict)]


def _faceless(services: Services, session: Session, picture: Picture, verdict: RecordedVerdict) -> None:
    """A profile that is held because of its picture waits whole; one whose picture is refused goes on without it."""
    actor = session.scalar(select(ActorRow).where(ActorRow.uri == verdict.uri))
    if actor is None or verdict.outcome not in (Outcome.HOLD, Outcome.REJECT):
        return
    if verdict.outcome is Outcome.HOLD:
        profile.blank(session, services, actor)
        return
    shown = profile_content.shown(actor)
    avatar = None if shown.avatar_url == picture.url else shown.avatar_url
    header = None if shown.header_url == picture.url else shown.header_url
    profile_content.show(actor, replace(shown, avatar_url=avatar, header_url=header))
