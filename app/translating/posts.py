"""A post's translation for a reader: of what everybody may read alone, as Mastodon documents it."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.posts.reading import PostView
from app.posts.tables import PostRow
from app.services import Services
from app.translating.guard import Guarded
from app.translating.values import MOST_CHARACTERS, Translated, Translator, bare_language
from moderation.values import PUBLIC_KINDS


@dataclass(frozen=True, slots=True)
class TranslatedPost:
    """Everything of a post that has words, in another language."""

    post: PostRow
    language: str
    content: str
    """HTML as it came: to be cleaned before it leaves."""
    warning: str
    options: tuple[str, ...]
    descriptions: tuple[str, ...]
    source: str
    provider: str


def required(services: Services) -> Guarded:
    """The translator. Raises NotFoundError where the admin named none: then there is no such method here."""
    if services.translator is None:
        raise NotFoundError
    return Guarded(services.translator, services.redis)


def translate(services: Services, view: PostView, content: str, warning: str, target: str) -> TranslatedPost:
    """Ask for it. Raises NotFoundError, ForbiddenError for what isn't for everybody, InvalidError, TranslationError."""
    translator, post = required(services), view.shown.post
    if post.visibility not in PUBLIC_KINDS or view.held:
        raise ForbiddenError("This action is not allowed")
    options = tuple(str(one.get("title", "")) for one in (post.poll or {}).get("options", []))
    descriptions = tuple(one.description for one in post.attachments)
    plain = (warning, *options, *descriptions)
    if len(content) + sum(map(len, plain)) > MOST_CHARACTERS:
        raise InvalidError("Validation failed: the post is too long to be translated")
    source = bare_language(post.language) if post.language else None
    with translator.turn():
        body = _asked(translator, (content,), source, target, html=True)
        rest = _asked(translator, plain, source, target)
    return TranslatedPost(
        post=post,
        language=target,
        content=body.texts[0],
        warning=rest.texts[0],
        options=rest.texts[1 : 1 + len(options)],
        descriptions=rest.texts[1 + len(options) :],
        source=body.source or source or "und",
        provider=body.provider,
    )


def _asked(
    translator: Translator, texts: tuple[str, ...], source: str | None, target: str, *, html: bool = False
) -> Translated:
    """Without asking for what is empty."""
    wanted = [text for text in texts if text.strip()]
    if not wanted:
        return Translated(texts, "", "")
    found = translator.translate(wanted, source, target, html=html)
    said = iter(found.texts)
    return Translated(tuple(next(said) if text.strip() else text for text in texts), found.source, found.provider)
