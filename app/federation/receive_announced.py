"""What groups of the Lemmy kind say of others' posts: that they were changed, or deleted. Their own homes are asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from app.federation import forwarded, wanted
from app.federation.outcomes import DONE, Item, Outcome, refused
from app.federation.tables import Wanted
from app.federation.wire.values import Announced
from app.services import Services


def announced(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Posts that are shown here are asked for anew, each once a minute at most; of others nothing is asked."""
    with services.db.write() as session:
        found = [cast(Announced, item.activity).object_uri for item in items]
        here = {uri for uri in set(found) if forwarded.is_shown_here(session, uri)}
        wanted.want(session, services, sorted(here), Wanted.AGAIN)
    return [DONE if uri in here else refused("announced_of_nothing_here") for uri in found]
