"""Who finds which posts: one's own, what one keeps, what wants to be found; never what one may not see."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text, update

from app.accounts.tables import ActorRow
from app.search import index, schema
from app.services import Services
from app.timelines import fanout
from tests.app.mastodon.people import Person


def finds(who: Person, words: str, **more: Any) -> list[str]:
    """The ids of the posts that somebody finds."""
    answer = who.read("/api/v2/search", query_string={"q": words, "type": "statuses", **more})
    return [one["id"] for one in answer["statuses"]]


def spread(services: Services) -> None:
    fanout.sweep(services)


def wants_to_be_found(services: Services, who: Person, *, wants: bool = True) -> None:
    with services.db.write() as session:
        session.execute(update(ActorRow).where(ActorRow.id == int(who.id)).values(indexable=wants))


def says(services: Services, who: Person, words: str, **more: Any) -> str:
    status = who.says(words, **more)
    spread(services)
    return str(status["id"])


def test_everybody_finds_their_own(ana: Person, services: Services) -> None:
    open_one = says(services, ana, "A red wall")
    private = says(services, ana, "Another wall", visibility="private")
    assert finds(ana, "WALL") == [private, open_one] and finds(ana, '"red wall"') == [open_one]
    assert finds(ana, "wall -another") == [open_one] and finds(ana, "door") == []


def test_others_find_what_wants_to_be_found_and_is_for_everybody(ana: Person, ben: Person, services: Services) -> None:
    shown = says(services, ana, "A red wall")
    says(services, ana, "A wall for followers", visibility="private")
    says(services, ana, "A quiet wall", visibility="unlisted")
    assert finds(ben, "wall") == []
    wants_to_be_found(services, ana)
    assert finds(ben, "wall") == [shown]
    wants_to_be_found(services, ana, wants=False)
    assert finds(ben, "wall") == []


def test_what_one_keeps_likes_or_is_named_in_is_found(ana: Person, ben: Person, services: Services) -> None:
    kept, liked = says(services, ana, "A kept wall"), says(services, ana, "A liked wall")
    named = says(services, ana, "A wall for @ben", visibility="direct")
    assert finds(ben, "wall") == [named]
    ben.do(f"/api/v1/statuses/{kept}/bookmark")
    ben.do(f"/api/v1/statuses/{liked}/favourite")
    assert finds(ben, "wall") == [named, liked, kept] and finds(ben, "wall in:public") == [liked, kept]


def test_strangers_find_no_posts(ana: Person, services: Services, http: Any) -> None:
    wants_to_be_found(services, ana)
    says(services, ana, "A red wall")
    assert http.get("/api/v2/search?q=wall").json["statuses"] == []


def test_what_waits_is_found_by_its_author_alone_and_has_no_words_in_the_index(
    ana: Person, ben: Person, services: Services
) -> None:
    wants_to_be_found(services, ana)
    status = says(services, ana, "Vermin behind the wall")
    assert finds(ben, "wall") == [] and finds(ana, "wall") == [status]
    with services.db.read() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {schema.NAME}")) == 0


def test_an_edit_takes_the_old_words_out(ana: Person, services: Services) -> None:
    status = says(services, ana, "A red wall")
    ana.send("PUT", f"/api/v1/statuses/{status}", json={"status": "A blue door"})
    assert finds(ana, "wall") == [] and finds(ana, "door") == [status]


def test_a_deleted_posts_words_are_gone_from_the_index(ana: Person, services: Services) -> None:
    status = says(services, ana, "A red wall")
    ana.send("DELETE", f"/api/v1/statuses/{status}")
    with services.db.read() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {schema.NAME}")) == 0


def test_whom_one_blocked_isnt_found(ana: Person, ben: Person, services: Services) -> None:
    wants_to_be_found(services, ana)
    says(services, ana, "A red wall")
    ben.do(f"/api/v1/accounts/{ana.id}/block")
    assert finds(ben, "wall") == []


def test_operators_narrow_it_down(ana: Person, ben: Person, services: Services) -> None:
    wants_to_be_found(services, ana)
    plain = says(services, ana, "A red wall", language="en")
    reply = says(services, ana, "Un mur, a wall", in_reply_to_id=plain, language="fr", sensitive=True)
    poll = says(services, ana, "Which wall?", poll={"options": ["red", "blue"], "expires_in": 3600})
    assert finds(ben, "wall is:reply") == [reply] == finds(ben, "wall language:fr") == finds(ben, "wall is:sensitive")
    assert finds(ben, "wall has:poll") == [poll] and finds(ben, "blue") == [poll]
    assert finds(ben, "wall -is:reply") == [poll, plain]
    assert finds(ben, "from:ana wall -has:poll -is:reply") == [plain]
    assert finds(ben, "from:nobody@far.example wall") == [] == finds(ben, "wall from:me")
    today = services.clock.now().date().isoformat()
    assert len(finds(ben, f"wall during:{today}")) == 3 and finds(ben, f"wall before:{today}") == []


def test_what_isn_t_wanted_is_left_out_also_where_no_word_is(ana: Person, ben: Person, services: Services) -> None:
    wants_to_be_found(services, ana)
    plain, _red, _phrase = (says(services, ana, words) for words in ("A wall", "A red door", "A small blue bell"))
    waits, _waits_red = says(services, ana, "Vermin behind it"), says(services, ana, "Red vermin")
    assert finds(ben, 'from:ana -red -"blue bell"') == [plain]
    assert finds(ana, 'from:me -RED -"blue bell"') == [waits, plain]
    assert finds(ana, '-red -"blue bell"', account_id=ana.id) == [waits, plain]


def test_a_boost_says_nothing_and_isn_t_found(ana: Person, ben: Person, services: Services) -> None:
    boosted, own = says(services, ben, "A red wall"), says(services, ana, "A wall")
    ana.do(f"/api/v1/statuses/{boosted}/reblog")
    assert finds(ana, "from:me") == [own]
    assert finds(ana, "wall") == [own, boosted], "what one boosted is found itself"


@pytest.mark.parametrize(("typed", "found"), [("after", 0), ("during", 0), ("before", 1)])
def test_the_last_day_of_all_is_a_day(ana: Person, services: Services, typed: str, found: int) -> None:
    says(services, ana, "A red wall")
    assert len(finds(ana, f"wall {typed}:9999-12-31")) == found


def test_pages_go_on(ana: Person, services: Services) -> None:
    ids = [says(services, ana, f"Wall number {number}") for number in range(4)]
    assert finds(ana, "wall", limit=2) == [ids[3], ids[2]]
    assert finds(ana, "wall", limit=2, offset=2) == [ids[1], ids[0]] == finds(ana, "wall", max_id=ids[2])


def test_the_index_can_be_made_anew(ana: Person, services: Services) -> None:
    status = says(services, ana, "A red wall")
    with services.db.write() as session:
        session.execute(text(f"DELETE FROM {schema.NAME}"))
    assert finds(ana, "wall") == []
    done, below = index.rebuild(services)
    assert done == 1 and index.rebuild(services, below) == (0, None) and finds(ana, "wall") == [status]


@pytest.mark.parametrize("typed", ['"', "NEAR(a b)", "a* OR b", "wall)", "words:a", "-", '""', "a AND", "'; DROP"])
def test_whatever_is_typed_is_no_error(ana: Person, typed: str) -> None:
    assert finds(ana, typed) == []
