"""How somebody is followed by the client API: what isn't sent stays, and languages choose what is received."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import String, literal, select

from app.posts.tables import PostRow
from app.relationships import tongues
from app.services import Services
from app.stores import events
from app.timelines import fanout
from tests.app.mastodon.people import Person


def follows(who: Person, whom: Person, **how: Any) -> dict[str, Any]:
    """Follow somebody; the relationship."""
    found: dict[str, Any] = who.do(f"/api/v1/accounts/{whom.id}/follow", json=how)
    return found


def home(who: Person) -> set[str]:
    """Which posts stand in somebody's home, by their ids."""
    return {status["id"] for status in who.read("/api/v1/timelines/home")}


def heard(services: Services, who: Person) -> set[str]:
    """Which posts went to somebody's stream, by their ids."""
    with services.db.read() as session:
        told = fanout.channels_of(session, session.scalars(select(PostRow)).all())
    return {str(number) for number, channels in told.items() if events.user_channel(int(who.id)) in channels}


def test_following_again_keeps_what_is_not_sent(ana: Person, ben: Person) -> None:
    first = follows(ana, ben, reblogs=False, notify=True, languages=["fr", "EN"])
    assert (first["showing_reblogs"], first["notifying"], first["languages"]) == (False, True, ["fr", "en"])
    assert follows(ana, ben) == first
    changed = follows(ana, ben, notify=False)
    assert (changed["showing_reblogs"], changed["notifying"], changed["languages"]) == (False, False, ["fr", "en"])
    assert follows(ana, ben, languages=[])["languages"] == []
    assert ana.post(f"/api/v1/accounts/{ben.id}/follow", json={"languages": ["fr,en"]}).status_code == 422
    for known in ("pt-BR", "zh-Hant", "zh-YUE", "kmr", "tok"):
        assert follows(ana, ben, languages=[known])["languages"] == [known.lower()], known
    for unknown in ("xx", "xx-bad", "en-xyzzy", "e", "en-"):
        refused = ana.post(f"/api/v1/accounts/{ben.id}/follow", json={"languages": ["fr", unknown]})
        assert refused.status_code == 422, unknown


def test_languages_of_a_follow_choose_what_is_received(ana: Person, ben: Person, services: Services) -> None:
    follows(ana, ben, languages=["fr", "pt"])
    assert home(ana) == set()
    said = {code: ben.says(f"Written in {code or 'some'}.", language=code)["id"] for code in ("en", "fr", "pt-BR", "")}
    wanted = {said["fr"], said["pt-BR"], said[""]}
    assert home(ana) == wanted and heard(services, ana) == wanted
    follows(ana, ben, languages=[])
    assert home(ana) == set(said.values()) == heard(services, ana)
    follows(ana, ben, languages=["en"])
    assert home(ana) == {said["en"], said[""]} == heard(services, ana)


@pytest.mark.parametrize(
    ("codes", "language", "wanted"),
    [
        ([], "en", True),
        (["fr"], None, True),
        (["fr"], "FR", True),
        (["fr"], "fry", False),
        (["pt"], "pt-BR", True),
        (["pt-br"], "pt", False),
    ],
)
def test_a_language_is_wanted_alike_in_python_and_in_sql(
    services: Services, codes: list[str], language: str | None, wanted: bool
) -> None:
    kept = tongues.kept(codes)
    assert tongues.wants(kept, language) is wanted
    with services.db.read() as session:
        assert session.scalar(select(tongues.wanted(literal(kept, String), literal(language, String)))) == wanted
