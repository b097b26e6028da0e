"""Words for what rules about servers tone down, for formats of lists, and for what becomes of a list's rows."""

from __future__ import annotations

from flask_babel import gettext as _

from app.instance.our_list import Reader
from app.purging.tables import DomainPurgeState
from app.reviewing.domain_steps import DomainStep
from app.reviewing.domains import Order
from moderation.domains.lists.values import Form
from moderation.domains.modes import Mode
from moderation.domains.planning import Change
from moderation.domains.values import Filter
from moderation.reports.tables import ForwardState


def filters() -> list[tuple[str, str, str]]:
    """Each filter's code, what it does in a few words, and its chip."""
    return [
        (Filter.AVATARS, _("no avatars and banners"), _("no avatars")),
        (Filter.REPLIES, _("nothing to members who don’t know its author"), _("no replies to strangers")),
        (Filter.SENSITIVE, _("all its posts are marked as sensitive, from now on"), _("sensitive")),
        (Filter.UNLISTED, _("its posts stay off public timelines, from now on"), _("off public timelines")),
        (Filter.TRENDS, _("nothing of it trends"), _("no trends")),
        (Filter.PREVIEWS, _("links to it show no preview"), _("no previews")),
        (Filter.BOOSTS, _("what its people boost isn’t taken"), _("no boosts")),
        (Filter.FOLLOWS, _("its people ask before they follow somebody"), _("follows by request")),
    ]


def form(value: Form) -> str:
    """A format of lists."""
    return {
        Form.PLAIN: _("one server a line"),
        Form.CSV: _("CSV, as from Mastodon"),
        Form.JSON_LINES: _("Ostiary’s own lines"),
        Form.DOMAINS: _("JSON, as from GoToSocial or a server’s public list"),
        Form.RAPIDBLOCK: _("RapidBlock’s JSON"),
        Form.SIMPLE_POLICY: _("Akkoma’s simple policies"),
        Form.FEDISEER: _("Fediseer’s JSON"),
        Form.FIRES: _("FIRES records"),
    }[value]


def rung(value: DomainStep) -> str:
    """A rung of the ladder."""
    return {
        DomainStep.HOLD: _("Hold all that comes from there"),
        DomainStep.LIMIT: _("Limit it for two weeks"),
        DomainStep.NOTICE: _("Suspend it in a week"),
        DomainStep.SUSPEND: _("Suspend it now"),
    }[value]


def rungs() -> list[tuple[DomainStep, str, str]]:
    """Each rung, its name and what it does, the mildest first."""
    does = {
        DomainStep.HOLD: _("Every post waits for a person."),
        DomainStep.LIMIT: _("Only who follows somebody there sees it; after 14 days it is looked at again."),
        DomainStep.NOTICE: _("Members whose follows would end are told, with the day and why; it can be called off."),
        DomainStep.SUSPEND: _("Nothing is let in, and follows end after ten minutes."),
    }
    return [(each, rung(each), does[each]) for each in DomainStep]


def question(state: ForwardState) -> tuple[str, str]:
    """Chip and words for how far a question to other moderators came."""
    return {
        ForwardState.SENT: ("", _("on its way")),
        ForwardState.DELIVERED: ("", _("arrived")),
        ForwardState.REFUSED: ("out", _("not taken")),
        ForwardState.ANSWERED: ("in", _("answered")),
    }[state]


def mode(value: Mode) -> str:
    """What servers of which nothing was said meet."""
    return {
        Mode.OPEN: _("they are let in"),
        Mode.GREYLIST: _("new ones wait at first"),
        Mode.ALLOWLIST: _("only named servers"),
    }[value]


def mode_does(value: Mode) -> str:
    """What it means."""
    return {
        Mode.OPEN: _("Their posts go through the door as all do."),
        Mode.GREYLIST: _("What comes from a server never met before waits for a person, until some of it was let in."),
        Mode.ALLOWLIST: _("Servers that no rule names are refused; a rule says what happens with those that are."),
    }[value]


def change(value: Change) -> tuple[str, str]:
    """Chip and words for what becomes of a row."""
    return {
        Change.ADDED: ("in", _("new")),
        Change.CHANGED: ("hold", _("changed")),
        Change.KEPT: ("", _("as it is")),
        Change.CONFLICT: ("out", _("left as it is: the house said otherwise")),
        Change.EXCLUDED: ("", _("never touched by lists")),
        Change.COVERS: ("out", _("left as it is: it covers what no list may touch")),
    }[value]


def readers() -> list[tuple[Reader, str]]:
    """Who our list may be for."""
    return [
        (Reader.EVERYBODY, _("everybody")),
        (Reader.MEMBERS, _("members: who is signed in, or has a token")),
        (Reader.PEERS, _("other servers, which sign what they ask and aren’t suspended")),
    ]


def orders() -> list[tuple[Order, str]]:
    """How servers may be sorted."""
    return [
        (Order.NAME, _("by name")),
        (Order.ACTORS, _("by accounts seen")),
        (Order.POSTS, _("by posts")),
        (Order.FOLLOWS, _("by follows")),
        (Order.CASES, _("by cases")),
        (Order.SEEN, _("by when they were last seen")),
    ]


def purge_state(state: DomainPurgeState) -> str:
    """How far a purge is."""
    return {
        DomainPurgeState.ORDERED: _("ordered"),
        DomainPurgeState.UNDER_WAY: _("under way"),
        DomainPurgeState.DONE: _("done"),
        DomainPurgeState.CALLED_OFF: _("called off"),
    }[state]


def purge_refused(code: str) -> str:
    """Why a purge isn't ordered."""
    words = {
        "not_confirmed": _("type the server’s name, exactly"),
        "not_suspended": _("only what is suspended by a rule can be purged"),
        "too_early": _("its suspension isn’t old enough"),
    }
    return words.get(code) or _("it is ordered already")
