"""Why somebody doesn't see something is told from the conditions that decide it: the two never disagree."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.posts import visibility
from app.posts.tables import PostRow
from app.posts.visibility import Barrier
from app.relationships import block, mute
from tests.federation.world import World
from tests.leaks import town as towns

SITUATIONS = {
    "held poll": Barrier.HELD,
    "held local": Barrier.HELD,
    "held remote": Barrier.HELD,
    "waiting local": Barrier.WAITING,
    "waiting remote": Barrier.WAITING,
    "refused local": Barrier.REJECTED,
    "refused remote": Barrier.REJECTED,
    "deleted held": Barrier.DELETED,
    "deleted shown": Barrier.DELETED,
    "followers": Barrier.FOLLOWERS,
    "followers remote": Barrier.FOLLOWERS,
    "direct": Barrier.ADDRESSED,
    "direct remote": Barrier.ADDRESSED,
    "blocked": Barrier.THEY_BLOCK,
    "withdrawn": Barrier.WITHDRAWN,
    "suspended": Barrier.SUSPENDED,
    "suspended remote": Barrier.SUSPENDED,
    "left": Barrier.GONE,
    "domain": Barrier.SERVER,
}
"""For each secret of the town, why ben doesn't see it."""


@pytest.mark.one_database
def test_each_situation_is_named_and_the_reasons_never_disagree_with_the_filter(world: World) -> None:
    town = towns.build(world)
    services, now = world.services, world.services.clock.now()
    mute.mute(services, town.people["cleo"].id, town.people["ivo"].id)
    block.block(services, town.people["finn"].id, town.people["ivo"].id)
    with services.db.read() as session:
        pks = dict(session.execute(select(PostRow.uri, PostRow.pk)).all())
        seen = 0
        for person in town.people.values():
            shown = set(session.scalars(visibility.posts_for(person.id, PostRow.pk)))
            for pk in pks.values():
                told = visibility.explain(session, pk, person.id, now)
                assert told is not None
                assert told.visible == (pk in shown) == (not told.hard), (person.username, pk, told)
                seen += told.visible
        assert 50 < seen < len(pks) * len(town.people)
        ben = town.people["ben"].id
        for secret in town.secrets:
            if secret.name in SITUATIONS:
                told = visibility.explain(session, pks[secret.uri], ben, now)
                assert told is not None and SITUATIONS[secret.name] in told.barriers, (secret.name, told)
        assert visibility.explain(session, 999_999, ben, now) is None
