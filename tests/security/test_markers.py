"""What people write anywhere is text everywhere: each field is filled by its real way in, and every page is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select

from app.accounts import profile, signup
from app.accounts.profile import ProfileEdit
from app.accounts.signup import SignUp
from app.accounts.tables import AccountRow, ActorRow, Role
from app.federation import actors, posts
from app.federation.wire import parse
from app.federation.wire.actors import parse_actor
from app.instance import house, rules
from app.instance.first_rules import RuleText
from app.oauth import apps
from app.oauth.apps import OUT_OF_BAND, NewApp
from app.posts.compose import PollRequest
from app.posts.tables import PostRow
from app.relationships import follow
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import claiming, decide, ruling
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.domains.values import RuleDraft
from moderation.values import Action, Severity
from tests.app.web.conftest import Town, Visitor
from tests.federation.world import Remote
from tests.security.conftest import Caller
from tests.security.markers import harm_in, link, text

pytestmark = pytest.mark.one_database
SEEN = (
    "name", "note", "field-name", "field-value", "post", "warning", "option", "held", "remote-name", "remote-note",
    "remote-field", "remote-post", "remote-warning", "remote-title", "remote-option", "alt", "report", "public-comment",
    "private-comment", "reason", "internal", "escalated", "motive", "rule", "hint", "title", "description", "about",
    "program", "asked", "state",
)  # fmt: skip
"""Fields whose text must come out on some page: a test that finds nothing anywhere would find no harm either."""


@dataclass
class Lit:
    """A house in which everything that can be written was written in bad faith."""

    town: Town
    ana: AccountRow
    lea: AccountRow
    visitors: dict[str, Visitor]
    cases: list[int] = field(default_factory=list)
    decisions: list[int] = field(default_factory=list)
    posts: list[PostRow] = field(default_factory=list)
    remote: list[PostRow] = field(default_factory=list)
    client_id: str = ""

    def places(self) -> list[str]:
        """Every page on which a text of somebody's might stand."""
        evil = quote(text("asked"))
        handle = "/@mallory@far.example"
        found = [
            "/", "/home", "/public", "/local", "/@ana", handle, "/notifications", "/reports", "/settings", "/about",
            "/about/model", "/follow-requests", "/tags/lit", "/search?q=mallory", f"/search?q={evil}", "/sign-up",
            f"/compose?text={evil}", f"/sign-in?next={evil}", f"/no/such/{evil}", f"/tags/{quote('<xss>')}",
            f"/oauth/authorize?client_id={self.client_id}&response_type=code&scope=read&redirect_uri={OUT_OF_BAND}"
            f"&state={quote(text('state'))}",
            f"/oauth/authorize?client_id={evil}", f"/oauth/authorize/native?code={evil}", "/review", "/review/start",
            "/review/reports", "/review/decided", "/review/domains", "/review/domains/far.example",
            "/review/domains/spam.example", "/review/policy",
            "/review/signups", "/review/queue.html", f"/review?label={evil}", f"/review/history?uri={evil}",
            f"/review/domains/{quote('<xss>.example')}", f"/language/en?next={evil}", f"/password/{quote('<xss>')}",
        ]  # fmt: skip
        for post in self.posts:
            found += [f"/@ana/{post.id}", f"/held/{post.id}", f"/posts/{post.id}/edit", f"/posts/{post.id}/delete"]
            found += [f"/compose?in_reply_to={post.id}", f"/review/history?uri={quote(post.uri)}"]
        for post in self.remote:
            found += [f"{handle}/{post.id}", f"/report/post/{post.id}", f"/compose?in_reply_to={post.id}"]
            found += [f"/report/account/{post.actor_id}", f"/review/history?uri={quote(post.uri)}"]
        found += [f"/review/case/{number}" for number in self.cases]
        return found + [f"/decisions/{number}" for number in self.decisions]


@pytest.fixture
def lit(town: Town, ana: AccountRow) -> Lit:
    lea = town.member("lea", Role.ADMIN)
    visitors = {
        "ana": town.at_home(ana),
        "lea": town.at_home(lea),
        "nobody": town.visitor(),
        "french": town.visitor("fr"),
    }
    made = Lit(town, ana, lea, visitors)
    _the_house(town)
    _ana_writes(made)
    _mallory_writes(made)
    _the_team_works(made)
    made.client_id = apps.register(
        town.services, NewApp(text("program")[:60], (OUT_OF_BAND,), website="https://x.example/\"'><xss>")
    )[0].client_id
    return made


def _the_house(town: Town) -> None:
    services = town.services
    house.change(
        services,
        title=text("title")[:100],
        description=text("description"),
        about=text("about") + "\n\n" + link("about"),
    )
    rules.add(services, RuleText(text("rule"), text("rule"), text("hint"), text("hint")))
    token = SignUp("mo", "mo@mail.example", "a long enough password", reason=text("motive"), agreement=True)
    account = signup.sign_up(services, token)
    with services.db.write() as session:
        session.get_one(AccountRow, account.id).confirmed_at = services.clock.now()


def _ana_writes(lit: Lit) -> None:
    fields = ((text("field-name"), text("field-value")), ("site", link("field")))
    profile.edit(lit.town.services, lit.ana.id, ProfileEdit(text("name")[:30], text("note"), fields))
    poll = PollRequest((text("option")[:60], "other"), timedelta(days=7))
    lit.posts = [
        lit.town.writes(lit.ana, f'{text("post")} #lit #<xss> @<xss> {link("post")} https://x.example/"onload=evil()'),
        lit.town.writes(lit.ana, "behind", warning=text("warning")),
        lit.town.writes(lit.ana, "which", poll=poll),
        lit.town.writes(lit.ana, f"they are vermin {text('held')}", warning=text("held")),
    ]


def _mallory_writes(lit: Lit) -> None:
    services = lit.town.services
    mallory = Remote(
        "mallory",
        document={
            "name": text("remote-name"),
            "summary": f'<p>{text("remote-note")}</p><a href="{link("note")}">x</a>',
            "url": link("url"),
            "icon": {"type": "Image", "url": link("icon")},
            "attachment": [
                {
                    "type": "PropertyValue",
                    "name": text("remote-field"),
                    "value": f"<a href='{link('v')}'>{text('remote-field')}</a>",
                }
            ],
        },
    )
    actor = actors.store(services, parse_actor(mallory.actor()))
    notes = [
        mallory.note(f"{text('remote-post')}<a href=\"{link('a')}\" onclick=evil()>x</a>", summary=text("remote-warning"),
                     tag=[{"type": "Hashtag", "name": "#lit", "href": link("tag")}], url=link("post-url"),
                     attachment=[{"type": "Document", "mediaType": "image/png", "url": "https://far.example/x.png",
                                  "name": text("alt")}]),
        mallory.note("<b>", type="Article", name=text("remote-title"), url="https://far.example/\"'><xss>"),
        mallory.note("<p>", type="Question", oneOf=[{"type": "Note", "name": text("remote-option")}, {"type": "Note", "name": "no"}]),
        mallory.note(f"vermin {text('remote-held')}"),
    ]  # fmt: skip
    for note in notes:
        stored = posts.admit(services, parse.parse_object(note))  # type: ignore[arg-type]
        with services.db.read() as session:
            lit.remote.append(session.get_one(PostRow, stored.pk))
    with services.db.read() as session:
        follow.follow(services, lit.ana.id, session.get_one(ActorRow, actor.id).id)


def _the_team_works(lit: Lit) -> None:
    services = lit.town.services
    first = lit.remote[0]
    file.file(services, lit.ana.actor, FileReport(first.actor_id, (first.id,), text("report"), "other"))
    ruling.set_rules(
        services,
        lit.lea,
        [
            RuleDraft(
                "spam.example", Severity.SUSPEND, False, False, False, text("public-comment"), text("private-comment")
            )
        ],
    )
    with services.db.read() as session:
        lit.cases = list(session.scalars(select(CaseRow.id)))
        held = session.scalars(select(CaseRow.id).where(CaseRow.uri == lit.posts[3].uri)).one()
        reported = session.scalars(select(CaseRow.id).where(CaseRow.uri == first.uri)).one()
    decide.decide(services, lit.lea, held, DecisionRequest(Action.REMOVE, reason=text("reason"), note=text("internal")))
    claiming.take(services, lit.lea, reported)
    claiming.escalate(services, lit.lea, reported, text("escalated"))
    with services.db.read() as session:
        lit.decisions = list(session.scalars(select(DecisionRow.id)))


def test_every_text_is_text_on_every_page(lit: Lit) -> None:
    seen: set[str] = set()
    for who, visitor in lit.visitors.items():
        for place in lit.places():
            answer = visitor.get(place)
            assert answer.status_code < 500, (who, place)
            if answer.mimetype == "text/html":
                assert harm_in(answer.text) == [], (who, place)
                seen |= {name for name in SEEN if f"{name}-lit" in answer.text}
            to = answer.headers.get("Location", "/")
            assert to.startswith(("/", "https://far.example/")) and not to.startswith("//"), (place, to)
            assert not set("<>\"'") & set(to), (place, to)
    assert seen == set(SEEN)


def test_html_in_the_api_is_clean_and_never_read_as_a_page(lit: Lit) -> None:
    caller = Caller(lit.town, lit.lea)
    read = 0
    for place in ("/api/v1/timelines/public", "/api/v1/instance", "/api/v2/instance", "/api/v1/notifications",
                  "/api/v2/search?q=mallory", f"/api/v1/accounts/{lit.ana.id}", f"/api/v1/accounts/{lit.remote[0].actor_id}",
                  "/api/v1/instance/rules", "/api/v1/instance/domain_blocks",   "/users/ana", "/users/ana/outbox",
                  "/.well-known/webfinger?resource=acct:ana@ostiary.example", "/nodeinfo/2.1"):  # fmt: skip
        answer = caller.http.get(place, headers={**caller.headers, "Accept": "application/json"})
        assert answer.status_code == 200, (place, answer.text[:200])
        assert "json" in (answer.mimetype or "") and answer.headers["X-Content-Type-Options"] == "nosniff", place
        for html in _html_in(answer.json):
            assert harm_in(html) == [], (place, html)
            read += 1
    assert read > 10


def _html_in(value: object, name: str = "") -> list[str]:
    """The values that clients show as HTML."""
    if isinstance(value, dict):
        return [html for key, item in value.items() for html in _html_in(item, key)]
    if isinstance(value, list):
        return [html for item in value for html in _html_in(item, name)]
    html_fields = ("content", "note", "summary", "extended_description")
    return [value] if isinstance(value, str) and name in html_fields else []
