"""A town full of secrets: for each reason not to show something, something that mustn't be shown, with its marks.

A mark stands in a text and nowhere else, so that finding it in an answer is a leak wherever it is found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.accounts import profile
from app.accounts.profile import ProfileEdit
from app.accounts.tables import ActorRow
from app.enforcement import enact
from app.federation import threads
from app.lifecycle import leaving
from app.posts import boosts, compose, delete, edit, likes
from app.posts.compose import ComposeRequest, PollRequest
from app.posts.edit import EditRequest
from app.posts.tables import PostRow, PostState, QuoteRow, QuoteState
from app.relationships import block
from app.reports.file import FileReport, file
from moderation.cases import decisions
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.domains import editing
from moderation.values import Action, Effect, Severity, Verb, Visibility
from tests.app.people import PASSWORD
from tests.federation.world import Remote, World, keys

BAD = "vermin"
"""The keyword model takes it for hatred."""

EVERYBODY = frozenset({"stranger", "page", "member", "member's page", "follower", "peer", "following peer"})
MEMBER = frozenset({"member", "member's page"})
FOLLOWERS = frozenset({"follower", "following peer"})


@dataclass(frozen=True)
class Secret:
    """Something that these viewers mustn't be shown. `clues` are told by nobody who wasn't told of them first."""

    name: str
    hidden_from: frozenset[str]
    uri: str = ""
    ids: tuple[str, ...] = ()
    never_sent: bool = True
    """Whether it was never published, so that no activity of ours may hold it."""

    @property
    def mark(self) -> str:
        """The word in its text."""
        return mark(self.name)

    @property
    def clues(self) -> tuple[str, ...]:
        """What gives away what strangers don't know of: its hashtag; its address, where nobody was ever told of it."""
        address = (self.uri,) if self.uri and self.never_sent else ()
        return (tag(self.name), *address) if "stranger" in self.hidden_from else ()


def mark(name: str) -> str:
    """A word that stands in one secret alone."""
    return f"zq{''.join(name.split())}m"


def tag(name: str) -> str:
    """Its hashtag."""
    return f"zt{''.join(name.split())}"


def words(name: str, *, bad: bool = True) -> str:
    """The text of a secret: unlike the others, so that no two are a wave."""
    return f"{BAD if bad else name} {mark(name)} {name[::-1]} #{tag(name)}"


@dataclass
class Town:
    """The cast, and their secrets."""

    world: World
    people: dict[str, ActorRow] = field(default_factory=dict)
    remotes: dict[str, Remote] = field(default_factory=dict)
    secrets: list[Secret] = field(default_factory=list)

    def member(self, name: str) -> ActorRow:
        """Somebody here, whom the follower follows."""
        row = self.people[name] = self.world.member(name)
        return row

    def elsewhere(self, name: str, domain: str) -> Remote:
        """Somebody elsewhere, whom the follower follows."""
        remote = self.remotes[name] = self.world.known(name, domain, pair=keys(1 + len(self.remotes) % 3))
        return remote

    def keep(self, name: str, post: PostRow | None, hidden_from: frozenset[str] = EVERYBODY, **more: Any) -> None:
        """Remember a secret."""
        ids = (str(post.id),) if post is not None else ()
        self.secrets.append(Secret(name, hidden_from, post.uri if post is not None else "", ids, **more))

    def writes(self, author: ActorRow, text: str, **more: Any) -> PostRow:
        """A member posts."""
        return compose.compose(self.world.services, author.id, ComposeRequest(text, **more))

    def sends(self, remote: Remote, name: str, *, bad: bool = True, **fields: Any) -> PostRow:
        """A post arrives."""
        hashtag = {"type": "Hashtag", "name": f"#{tag(name)}", "href": f"https://{remote.domain}/tags/x"}
        note = remote.note(words(name, bad=bad), tag=[hashtag], summary=f"warning {mark(name)}", **fields)
        self.world.take(remote, remote.create(note))
        return self.world.stored(note)

    def decides(self, post: PostRow, action: Action) -> None:
        """A moderator decides the case of a post."""
        services = self.world.services
        with services.db.write() as session:
            case = session.scalars(select(CaseRow).where(CaseRow.uri == post.uri)).one()
            decided = decisions.decide(session, case.id, DecisionRequest(action), "mod", services.clock.now())
            enact.enact(services, session, decided.effects)

    def breaks(self, what: Callable[[], PostRow]) -> PostRow:
        """Do it while the model is broken."""
        model: Any = self.world.services.tools.text_model
        model.broken = True
        try:
            return what()
        finally:
            model.broken = False


def build(world: World) -> Town:
    """Everybody, and everything that is to be hidden."""
    town = Town(world)
    cast(town)
    for happens in (
        held,
        waits,
        refused,
        deleted,
        edits,
        profiles,
        private,
        blocked,
        waves,
        withdrawn,
        suspended,
        ruled,
        quoted,
        left,
    ):
        happens(town)
    return town


def cast(town: Town) -> None:
    """Members, people elsewhere, and who follows whom."""
    names = ("ana", "ben", "cleo", "dora", "eve", "finn", "gil", "hal", "ivo", "jon")
    for name in names:
        town.member(name)
    for name, domain in (
        ("mallory", "far.example"),
        ("zoe", "near.example"),
        ("olga", "peer.example"),
        ("paul", "fan.example"),
        ("rolf", "bad.example"),
        ("sid", "gone.example"),
        ("ted", "left.example"),
    ):
        town.elsewhere(name, domain)
    authors = [town.people[name] for name in names if name not in ("ben", "cleo")]
    authors += [town.world.row(town.remotes[name]) for name in ("mallory", "zoe", "rolf", "sid", "ted")]
    for author in authors:
        town.world.follow(town.people["cleo"], author)
        if author.local:
            town.world.follow(town.world.row(town.remotes["paul"]), author)


def held(town: Town) -> None:
    """Posts that wait for a moderator, with a poll and a warning, named by others."""
    ana = town.people["ana"]
    poll = PollRequest((mark("held poll"), "no"), timedelta(days=1))
    town.keep("held poll", town.writes(ana, words("held poll"), poll=poll, warning=mark("held poll")))
    post = town.writes(ana, words("held local") + " @ben @cleo")
    town.keep("held local", post)
    town.keep("held reply", town.writes(ana, words("held reply"), in_reply_to_id=post.id))
    shown = town.writes(ana, "An answer that anybody may read.")
    town.keep("held answer", town.writes(town.people["ivo"], words("held answer"), in_reply_to_id=shown.id))
    mallory = town.remotes["mallory"]
    far = town.sends(mallory, "held remote")
    town.keep("held remote", far)
    zoe = town.remotes["zoe"]
    town.world.take(zoe, zoe.create(zoe.note("I don't think so.", inReplyTo=far.uri)))
    town.world.take(zoe, zoe.activity("Announce", far.uri, to=["https://www.w3.org/ns/activitystreams#Public"]))
    town.world.take(zoe, zoe.activity("Like", post.uri))


def waits(town: Town) -> None:
    """Posts that no check could judge."""
    town.keep("waiting local", town.breaks(lambda: town.writes(town.people["hal"], words("waiting local", bad=False))))
    town.keep("waiting remote", town.breaks(lambda: town.sends(town.remotes["zoe"], "waiting remote", bad=False)))


def refused(town: Town) -> None:
    """Posts that a moderator refused."""
    for name, post in (
        ("refused local", town.writes(town.people["hal"], words("refused local"))),
        ("refused remote", town.sends(town.remotes["mallory"], "refused remote")),
    ):
        town.decides(post, Action.REMOVE)
        town.keep(name, post)


def deleted(town: Town) -> None:
    """Posts that their authors took away, shown or held."""
    services, hal = town.world.services, town.people["hal"]
    for name, bad in (("deleted held", True), ("deleted shown", False)):
        post = town.writes(hal, words(name, bad=bad))
        delete.delete(services, hal.id, post.id)
        town.keep(name, post, never_sent=bad)
    mallory = town.remotes["mallory"]
    far = town.sends(mallory, "deleted remote", bad=False)
    town.world.take(mallory, mallory.activity("Delete", far.uri))
    town.keep("deleted remote", far)


def edits(town: Town) -> None:
    """New versions of published posts that wait."""
    services, gil = town.world.services, town.people["gil"]
    for name in ("edit", "edit unjudged"):
        post = town.writes(gil, f"The harbour was quiet today, {name}.")
        new = EditRequest(words(name, bad=name == "edit"), warning=mark(name))
        if name == "edit":
            edit.edit(services, gil.id, post.id, new)
        else:
            town.breaks(lambda post=post, new=new: edit.edit(services, gil.id, post.id, new))  # type: ignore[misc]
        town.secrets.append(Secret(name, EVERYBODY, ids=(str(post.id),)))
    mallory = town.remotes["mallory"]
    note = mallory.note("A heron stood in the shallows.")
    town.world.take(mallory, mallory.create(note))
    changed = {**note, "content": words("edit remote"), "updated": "2026-03-02T12:30:00Z"}
    town.world.take(mallory, mallory.activity("Update", changed))
    town.secrets.append(Secret("edit remote", EVERYBODY, ids=(str(town.world.stored(note).id),)))


def profiles(town: Town) -> None:
    """Profiles whose new words wait."""
    finn = town.people["finn"]
    new = ProfileEdit(words("profile")[:30], words("profile"), fields=((mark("profile"), words("profile")),))
    profile.edit(town.world.services, finn.id, new)
    town.secrets.append(Secret("profile", EVERYBODY, ids=(str(finn.id),)))
    mallory = town.remotes["mallory"]
    field_ = {"type": "PropertyValue", "name": mark("profile remote"), "value": words("profile remote")}
    document = {**mallory.actor(), "name": words("profile remote"), "summary": words("profile remote")}
    town.world.take(mallory, mallory.activity("Update", {**document, "attachment": [field_]}))
    town.secrets.append(Secret("profile remote", EVERYBODY, ids=(str(town.world.row(mallory).id),)))


def private(town: Town) -> None:
    """What is for some: the follower may read one of them."""
    ana = town.people["ana"]
    post = town.writes(ana, words("followers", bad=False), visibility=Visibility.FOLLOWERS)
    town.keep("followers", post, EVERYBODY - FOLLOWERS, never_sent=False)
    post = town.writes(ana, words("direct", bad=False) + " @dora", visibility=Visibility.DIRECT)
    town.keep("direct", post)
    zoe = town.remotes["zoe"]
    far = town.sends(zoe, "followers remote", bad=False, to=[zoe.uri + "/followers"], cc=[])
    town.keep("followers remote", far, EVERYBODY - {"follower"})
    far = town.sends(zoe, "direct remote", bad=False, to=[town.people["dora"].uri], cc=[])
    town.keep("direct remote", far)


def quotes(town: Town, quoting: Remote, author: Remote, post: PostRow) -> None:
    """Somebody elsewhere quotes a post from elsewhere, with its author's stamp."""
    note = quoting.note(f"Read what {author.name} says.", quote=post.uri)
    stamp = {
        "id": f"{author.uri}/stamps/{note['id'].rpartition('/')[2]}",
        "type": "QuoteAuthorization",
        "attributedTo": author.uri,
        "interactingObject": note["id"],
        "interactionTarget": post.uri,
    }
    town.world.web.put(stamp["id"], stamp)
    town.world.take(quoting, quoting.create(note | {"quoteAuthorization": stamp["id"]}))
    threads.drain(town.world.services)
    with town.world.services.db.read() as session:
        assert session.get_one(QuoteRow, town.world.stored(note).pk).state is QuoteState.ACCEPTED


def quoted(town: Town) -> None:
    """Secrets within quotes: held, for followers, of a blocked one, and what went after it was quoted."""
    zoe, mallory, ivo, gil = town.remotes["zoe"], town.remotes["mallory"], town.people["ivo"], town.people["gil"]
    far = town.sends(mallory, "quoted held")
    quotes(town, zoe, mallory, far)
    town.keep("quoted held", far)
    post = town.writes(gil, words("quoted followers", bad=False), visibility=Visibility.FOLLOWERS)
    town.writes(gil, "For you, once more.", quoted_id=post.id)
    town.keep("quoted followers", post, EVERYBODY - FOLLOWERS, never_sent=False)
    post = town.writes(town.people["dora"], words("quoted blocked", bad=False))
    town.writes(ivo, "Well said.", quoted_id=post.id)
    town.keep("quoted blocked", post, MEMBER, never_sent=False)
    post = town.writes(gil, words("quoted withdrawn", bad=False))
    town.writes(ivo, "Hear, hear.", quoted_id=post.id)
    file(town.world.services, town.people["dora"], FileReport(gil.id, (post.id,), "Look."))
    town.decides(post, Action.REMOVE)
    town.keep("quoted withdrawn", post, never_sent=False)


def blocked(town: Town) -> None:
    """Posts of somebody who blocks the member, here and elsewhere."""
    dora, ben = town.people["dora"], town.people["ben"]
    post = town.writes(dora, words("blocked", bad=False) + " @ben")
    block.block(town.world.services, dora.id, ben.id)
    town.keep("blocked", post, MEMBER, never_sent=False)


def waves(town: Town) -> None:
    """A wave, whose first members were shown before it was known."""
    text = "Come to the grand opening of our great new shop and win a car tonight, friends"
    notes = []
    for number in range(7):
        sender = town.world.known(f"wave{number}", "waves.example", pair=keys(1))
        notes.append(sender.note(f"{text} {mark('wave')}"))
        town.world.take(sender, sender.create(notes[-1]))
    posts = [town.world.stored(note) for note in notes]
    assert {post.state for post in posts} == {PostState.HELD}
    town.secrets.append(Secret("wave", EVERYBODY, ids=tuple(str(post.id) for post in posts)))


def withdrawn(town: Town) -> None:
    """A post that was liked, boosted and answered before a moderator took it away."""
    services, ivo, ben = town.world.services, town.people["ivo"], town.people["ben"]
    post = town.writes(ivo, words("withdrawn", bad=False) + " @ben")
    likes.like(services, ben.id, post.id)
    boosts.boost(services, ben.id, post.id)
    town.writes(ben, "Indeed, indeed.", in_reply_to_id=post.id)
    file(services, town.people["dora"], FileReport(ivo.id, (post.id,), "Look."))
    town.decides(post, Action.REMOVE)
    town.keep("withdrawn", post, never_sent=False)


def suspended(town: Town) -> None:
    """Posts of people who were suspended, and their profiles."""
    services, eve, sid = town.world.services, town.people["eve"], town.remotes["sid"]
    profile.edit(services, eve.id, ProfileEdit(note=f"I like {mark('suspended')}"))
    post = town.writes(eve, words("suspended", bad=False) + " @ben")
    town.writes(town.people["ivo"], "As she says.", quoted_id=post.id)
    boosts.boost(services, town.people["ivo"].id, post.id)
    far = town.sends(sid, "suspended remote", bad=False)
    quotes(town, town.remotes["zoe"], sid, far)
    with services.db.write() as session:
        enact.enact(services, session, [Effect(Verb.SUSPEND, eve.uri), Effect(Verb.SUSPEND, sid.uri)])
    town.keep("suspended", post, never_sent=False)
    town.keep("suspended remote", far)


def left(town: Town) -> None:
    """What people wrote who left, in the moment after: it isn't erased yet. Others liked, boosted, quoted, answered it."""
    services, jon, ivo, ted = town.world.services, town.people["jon"], town.people["ivo"], town.remotes["ted"]
    profile.edit(services, jon.id, ProfileEdit(note=f"I like {mark('left')}"))
    post = town.writes(jon, words("left", bad=False) + " @ben")
    likes.like(services, ivo.id, post.id)
    boosts.boost(services, ivo.id, post.id)
    town.writes(ivo, "As he says.", quoted_id=post.id)
    town.writes(ivo, "Farewell.", in_reply_to_id=post.id)
    leaving.leave(services, jon.id, PASSWORD)
    town.keep("left", post, never_sent=False)
    far = town.sends(ted, "deleted with its author", bad=False)
    boosts.boost(services, ivo.id, far.id)
    town.world.take(ted, ted.activity("Delete", ted.uri))
    town.keep("deleted with its author", far, never_sent=False)


def ruled(town: Town) -> None:
    """A post of a domain that was blocked afterwards."""
    services, rolf = town.world.services, town.remotes["rolf"]
    post = town.sends(rolf, "domain", bad=False)
    quotes(town, town.remotes["zoe"], rolf, post)
    boosts.boost(services, town.people["ivo"].id, post.id)
    with services.db.write() as session:
        decided = editing.set_rule(session, "bad.example", Severity.SUSPEND, "admin", services.clock.now())
        enact.enact(services, session, decided.effects)
    town.keep("domain", post, never_sent=False)
