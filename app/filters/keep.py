"""Make filters, change them, and say what is on them. Clients of the member hear of each change."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import writers
from app.database.engine import after_commit
from app.errors import InvalidError, NotFoundError
from app.filters import reading
from app.filters.tables import FilterAction, FilterKeywordRow, FilterPostRow, FilterRow
from app.filters.values import (
    CONTEXTS,
    LONGEST_KEYWORD,
    LONGEST_TITLE,
    MOST_FILTERS,
    MOST_KEYWORDS,
    MOST_POSTS,
    Filter,
    FilteredPost,
    Keyword,
    KeywordWish,
    Wish,
)
from app.ids import IDS
from app.posts import resolve
from app.services import Services
from app.stores import events

LONGEST = timedelta(days=3650)


def make(services: Services, account_id: int, wish: Wish) -> Filter:
    """A new filter. Raises InvalidError where title or context are missing, or there are too many."""
    with services.db.write() as session:
        mine = select(func.count(FilterRow.id)).where(FilterRow.account_id == account_id)
        if (session.scalar(mine) or 0) >= MOST_FILTERS:
            raise InvalidError(_("You have as many filters as there can be"), code="too_many_filters")
        row = FilterRow(
            id=IDS.take(services.clock.now()),
            account_id=account_id,
            title=_title(wish.title or ""),
            context=_context(wish.context or ()),
            action=wish.action or FilterAction.WARN,
        )
        session.add(row)
        _apply(services, session, row, wish)
        return reading.one(session, account_id, row.id)


def change(services: Services, account_id: int, filter_id: int, wish: Wish) -> Filter:
    """Change a filter and its keywords, all or nothing. Raises NotFoundError, InvalidError."""
    with services.db.write() as session:
        row = reading.row(session, account_id, filter_id)
        if wish.title is not None:
            row.title = _title(wish.title)
        if wish.context is not None:
            row.context = _context(wish.context)
        row.action = wish.action or row.action
        _apply(services, session, row, wish)
        return reading.one(session, account_id, row.id)


def drop(services: Services, account_id: int, filter_id: int) -> None:
    """Delete a filter and what is on it. Raises NotFoundError."""
    with services.db.write() as session:
        row = reading.row(session, account_id, filter_id)
        for table in (FilterKeywordRow, FilterPostRow):
            session.execute(delete(table).where(table.filter_id == row.id))
        session.delete(row)
        _tell(services, session, account_id)


def add_keyword(services: Services, account_id: int, filter_id: int, wish: KeywordWish) -> Keyword:
    """Put a word on a filter. Raises NotFoundError, InvalidError."""
    with services.db.write() as session:
        row = reading.row(session, account_id, filter_id)
        word = _add_word(services, session, row, wish)
        _tell(services, session, account_id)
        return Keyword(word.id, word.keyword, word.whole_word)


def change_keyword(services: Services, account_id: int, keyword_id: int, wish: KeywordWish) -> Keyword:
    """Change a word. Raises NotFoundError, InvalidError."""
    with services.db.write() as session:
        word = own_keyword(session, account_id, keyword_id)
        _change_word(word, wish)
        _tell(services, session, account_id)
        return Keyword(word.id, word.keyword, word.whole_word)


def drop_keyword(services: Services, account_id: int, keyword_id: int) -> None:
    """Take a word off its filter. Raises NotFoundError."""
    with services.db.write() as session:
        session.delete(own_keyword(session, account_id, keyword_id))
        _tell(services, session, account_id)


def add_post(services: Services, account_id: int, filter_id: int, public_id: int) -> FilteredPost:
    """Put a post that one can see on a filter. Raises NotFoundError, InvalidError where it is on it already."""
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        row = reading.row(session, account_id, filter_id)
        post = resolve.view(session, public_id, account_id).shown.post
        on_it = select(FilterPostRow.id).where(FilterPostRow.filter_id == row.id)
        if session.scalar(on_it.where(FilterPostRow.post_pk == post.pk)) is not None:
            raise InvalidError("Validation failed: Status has already been taken")
        if len(session.scalars(on_it.limit(MOST_POSTS)).all()) >= MOST_POSTS:
            raise InvalidError(_("There are as many posts on this filter as there can be"), code="too_many_posts")
        added = FilterPostRow(id=IDS.take(services.clock.now()), filter_id=row.id, post_pk=post.pk, status_id=post.id)
        session.add(added)
        _tell(services, session, account_id)
        return FilteredPost(added.id, post.pk, post.id)


def drop_post(services: Services, account_id: int, filter_post_id: int) -> FilteredPost:
    """Take a post off its filter. Raises NotFoundError."""
    with services.db.write() as session:
        found = own_post(session, account_id, filter_post_id)
        session.delete(found)
        _tell(services, session, account_id)
        return FilteredPost(found.id, found.post_pk, found.status_id)


def own_keyword(session: Session, account_id: int, keyword_id: int) -> FilterKeywordRow:
    """A word on one of a member's filters. Raises NotFoundError."""
    found = session.get(FilterKeywordRow, keyword_id)
    if found is None:
        raise NotFoundError
    reading.row(session, account_id, found.filter_id)
    return found


def own_post(session: Session, account_id: int, filter_post_id: int) -> FilterPostRow:
    """A post on one of a member's filters. Raises NotFoundError."""
    found = session.get(FilterPostRow, filter_post_id)
    if found is None:
        raise NotFoundError
    reading.row(session, account_id, found.filter_id)
    return found


def _apply(services: Services, session: Session, row: FilterRow, wish: Wish) -> None:
    if wish.lasts is not None:
        row.expires_at = services.clock.now() + min(wish.lasts, LONGEST) if wish.lasts else None
    session.flush()
    for word in wish.keywords:
        if word.id is None and not word.drop:
            _add_word(services, session, row, word)
        elif word.id is not None:
            _mend_word(session, row, word.id, word)
    session.flush()
    _tell(services, session, row.account_id)


def _mend_word(session: Session, row: FilterRow, keyword_id: int, wish: KeywordWish) -> None:
    word = own_keyword(session, row.account_id, keyword_id)
    if word.filter_id != row.id:
        raise NotFoundError
    if wish.drop:
        session.delete(word)
    else:
        _change_word(word, wish)


def _add_word(services: Services, session: Session, row: FilterRow, wish: KeywordWish) -> FilterKeywordRow:
    mine = select(FilterKeywordRow.id).join(FilterRow, FilterRow.id == FilterKeywordRow.filter_id)
    mine = mine.where(FilterRow.account_id == row.account_id).limit(MOST_KEYWORDS)
    if len(session.scalars(mine).all()) >= MOST_KEYWORDS:
        raise InvalidError(_("You have as many words on filters as there can be"), code="too_many_keywords")
    word = FilterKeywordRow(
        id=IDS.take(services.clock.now()),
        filter_id=row.id,
        keyword=_keyword(wish.keyword or ""),
        whole_word=True if wish.whole_word is None else wish.whole_word,
    )
    session.add(word)
    session.flush()
    return word


def _change_word(word: FilterKeywordRow, wish: KeywordWish) -> None:
    if wish.keyword is not None:
        word.keyword = _keyword(wish.keyword)
    if wish.whole_word is not None:
        word.whole_word = wish.whole_word


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not title or len(title) > LONGEST_TITLE:
        raise InvalidError("Validation failed: Title can't be blank or longer than 256 characters")
    return title


def _context(names: tuple[str, ...]) -> list[str]:
    if not names or any(name not in CONTEXTS for name in names):
        raise InvalidError("Validation failed: Context None or invalid context supplied")
    return [name for name in CONTEXTS if name in names]


def _keyword(text: str) -> str:
    keyword = text.strip()
    if not keyword or len(keyword) > LONGEST_KEYWORD:
        raise InvalidError("Validation failed: Keyword can't be blank or longer than 512 characters")
    return keyword


def _tell(services: Services, session: Session, account_id: int) -> None:
    channels = [events.user_channel(account_id)]
    after_commit(session, lambda: events.publish(services.redis, channels, "filters_changed", {}))
