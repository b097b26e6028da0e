"""A poll as one viewer sees it: numbers may be hidden until it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.polls import numbers
from app.posts.reading import PostView
from app.posts.tables import PostState


@dataclass(frozen=True, slots=True)
class Option:
    """What can be chosen. `votes` is None while it is hidden; `percent` of those who voted, 0 to 100."""

    title: str
    votes: int | None
    percent: int
    own: bool


@dataclass(frozen=True, slots=True)
class PollView:
    """Everything that showing a poll needs. `voted`: also an author counts as somebody who did."""

    post_id: int
    options: tuple[Option, ...]
    multiple: bool
    ends_at: datetime | None
    over: bool
    voted: bool
    own_votes: tuple[int, ...]
    votes: int
    voters: int | None
    may_vote: bool

    @property
    def hidden(self) -> bool:
        """Whether the numbers are kept back."""
        return any(option.votes is None for option in self.options)

    @property
    def people(self) -> int:
        """How many voted, as far as anybody says."""
        return self.votes if self.voters is None else self.voters


def of(view: PostView, now: datetime) -> PollView | None:
    """The poll of a post; None where there's none."""
    post, poll = view.post, view.post.poll
    if poll is None:
        return None
    over, tally = numbers.is_over(poll, now), numbers.votes(poll)
    hidden = bool(poll.get("hide_totals")) and not over
    total, voters = sum(tally), poll.get("voters")
    of_all = max(total if voters is None else int(voters), *tally, 1)
    own = tuple(sorted(view.votes))
    mine = view.viewer_id is not None and post.actor_id == view.viewer_id
    return PollView(
        post_id=post.id,
        options=tuple(
            Option(title, None if hidden else number, 0 if hidden else round(100 * number / of_all), place in own)
            for place, (title, number) in enumerate(zip(numbers.titles(poll), tally, strict=True))
        ),
        multiple=bool(poll["multiple"]),
        ends_at=numbers.ends_at(poll),
        over=over,
        voted=bool(own) or mine,
        own_votes=own,
        votes=total,
        voters=None if voters is None else int(voters),
        may_vote=view.viewer_id is not None and not mine and not over and not own and post.state is PostState.PUBLISHED,
    )
