"""What is written along with a member's post that is let in: its words for the search, and the page of its card.

Both stand in the draft, so that nothing has to be read again once the post is there. What waits isn't noted: it is
when it's released, by the fan-out, as what comes from elsewhere is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.cards import wanting as cards
from app.posts.drafts import PostDraft
from app.posts.storing import Stored
from app.search import index
from app.services import Services


@dataclass(frozen=True, slots=True)
class Notes:
    """By URI."""

    words: Mapping[str, str]
    links: Mapping[str, str]


def of_drafts(services: Services, drafts: Sequence[PostDraft]) -> Notes:
    """What to note of those that members write. Reckoned before the write, which stays short."""
    own = [draft for draft in drafts if draft.local and draft.boost_of_uri is None]
    links = ((draft.uri, cards.link_of(services, draft)) for draft in own)
    return Notes(
        {draft.uri: index.words_of(draft) for draft in own}, {uri: url for uri, url in links if url is not None}
    )


def write(services: Services, session: Session, notes: Notes, stored: Sequence[Stored]) -> None:
    """Note those that were let in."""
    shown = {item.draft.uri: item.pk for item in stored if item.opening.published}
    index.store(session, {pk: notes.words[uri] for uri, pk in shown.items() if uri in notes.words})
    cards.note(services, session, {pk: notes.links[uri] for uri, pk in shown.items() if uri in notes.links})
