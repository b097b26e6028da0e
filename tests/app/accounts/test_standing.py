"""What the door is told about authors, and what domain rules mean for them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event

from app.accounts import domains, marking, standing
from app.accounts.tables import ActorRow
from app.federation.tables import InstanceRow
from app.relationships import follow
from app.services import Services
from moderation.domains import editing
from moderation.values import Origin, Severity
from tests.app import people


def test_an_authors_age_is_their_own_and_their_domains_never_our_first_sight(services: Services) -> None:
    now = services.clock.now()
    old, unknown = people.remote(services, "old"), people.remote(services, "new", "unknown.example")
    with services.db.write() as session:
        session.add(InstanceRow(domain="far.example", first_nodeinfo_at=now - timedelta(days=30), first_seen_at=now))
        session.get_one(ActorRow, unknown.id).published_at = None
    with services.db.read() as session:
        found = standing.authors(
            session, [session.get_one(ActorRow, old.id), session.get_one(ActorRow, unknown.id)], now
        )
    assert found[old.id].made_at == now - timedelta(days=400)
    assert found[old.id].domain_made_at == now - timedelta(days=30)
    assert found[unknown.id].made_at is None and found[unknown.id].domain_made_at is None
    assert found[old.id].origin is Origin.REMOTE and found[old.id].handle == "old@far.example"


def test_only_members_here_count_as_followers_here(services: Services) -> None:
    ana, ben, carl = (people.member(services, name) for name in ("ana", "ben", "carl"))
    people.remote(services, "far")
    follow.follow(services, ben.id, ana.id)
    follow.follow(services, carl.id, ana.id)
    with services.db.read() as session:
        assert standing.followers_here(session, [ana.id, ben.id]) == {ana.id: 2}


def test_many_authors_cost_as_many_queries_as_one(services: Services) -> None:
    actors = [people.remote(services, f"far{number}") for number in range(20)]
    statements: list[str] = []
    event.listen(services.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with services.db.read() as session:
        standing.authors(session, actors, services.clock.now())
    assert len([text for text in statements if text.lstrip().upper().startswith("SELECT")]) <= 2
    statements.clear()
    with services.db.read() as session:
        standing.of_ids(session, [actor.id for actor in actors], services.clock.now())
    assert len([text for text in statements if text.lstrip().upper().startswith("SELECT")]) == 2, (
        "the second for what those followed who are new here"
    )


def test_actors_that_nobody_has_loaded_stand_as_those_that_somebody_has(services: Services) -> None:
    ana, ben, far = people.member(services, "ana"), people.member(services, "ben"), people.remote(services, "far")
    follow.follow(services, ben.id, ana.id)
    follow.follow(services, ben.id, far.id)  # not answered yet
    rule(services, "far.example", Severity.SILENCE)
    with services.db.write() as session:
        session.add(InstanceRow(domain="far.example", first_nodeinfo_at=ana.created_at, first_seen_at=ana.created_at))
        session.add(
            InstanceRow(domain=ana.actor.domain, first_nodeinfo_at=ana.created_at, first_seen_at=ana.created_at)
        )
    with services.db.read() as session:
        loaded = [session.get_one(ActorRow, each.id) for each in (ana, ben, far)]
        now = services.clock.now()
        found = standing.of_ids(session, {each.id for each in loaded}, now)
        assert found == standing.authors(session, loaded, now)
    assert found[far.id].silenced and found[far.id].domain_made_at == ana.created_at
    assert [found[each.id].followers_here for each in (ana, ben, far)] == [1, 0, 0]


def rule(services: Services, domain: str, severity: Severity | None) -> None:
    with services.db.write() as session:
        if severity is None:
            editing.lift_rule(session, domain, "boss", services.clock.now())
        else:
            editing.set_rule(session, domain, severity, "boss", services.clock.now())
        session.flush()
        marking.mark_again(session, [domain], services.clock.now())


def marks(services: Services, actor: ActorRow) -> tuple[bool, bool]:
    row = people.again(services, actor)
    return row.domain_hidden, row.domain_silenced


def test_a_rule_reaches_subdomains_and_ports_and_nobody_else(services: Services) -> None:
    reached = [people.remote(services, "x", d) for d in ("bad.example", "sub.bad.example", "bad.example:8443")]
    spared = [people.remote(services, "x", d) for d in ("notbad.example", "bad.example.org", "bad_example")]
    rule(services, "bad.example", Severity.SUSPEND)
    assert [marks(services, actor) for actor in reached] == [(True, False)] * 3
    assert [marks(services, actor) for actor in spared] == [(False, False)] * 3


def test_a_subdomain_with_a_rule_of_its_own_keeps_it(services: Services) -> None:
    good = people.remote(services, "x", "good.bad.example")
    rule(services, "good.bad.example", Severity.ALLOW)
    rule(services, "bad.example", Severity.SUSPEND)
    assert marks(services, good) == (False, False)


def test_lifting_a_rule_leaves_what_a_parents_rule_says(services: Services) -> None:
    actor = people.remote(services, "x", "sub.bad.example")
    rule(services, "bad.example", Severity.SILENCE)
    rule(services, "sub.bad.example", Severity.SUSPEND)
    assert marks(services, actor) == (True, False)
    rule(services, "sub.bad.example", None)
    assert marks(services, actor) == (False, True)
    rule(services, "bad.example", None)
    assert marks(services, actor) == (False, False)


def test_newcomers_are_marked_by_the_rules_in_force(services: Services) -> None:
    rule(services, "bad.example", Severity.SUSPEND)
    newcomer = people.remote(services, "x", "sub.bad.example")
    with services.db.write() as session:
        row = session.get_one(ActorRow, newcomer.id)
        domains.mark_new(session, [row])
    assert marks(services, newcomer) == (True, False)
