"""From handles, URIs and ids to actors; from roles to rights."""

from __future__ import annotations

import pytest

from app.accounts import lookup
from app.accounts.tables import Role
from app.errors import ForbiddenError, NotFoundError
from app.services import Services
from tests.app import people


@pytest.mark.parametrize(
    "handle", ["ana", "@ana", "ANA", "ana@ostiary.example", "@Ana@Ostiary.Example", "acct:ana@ostiary.example"]
)
def test_our_own_domain_means_local(services: Services, handle: str) -> None:
    ana = people.member(services, "ana")
    with services.db.read() as session:
        assert lookup.by_handle(session, services.settings, handle).id == ana.id


def test_a_bare_name_never_means_somebody_elsewhere(services: Services) -> None:
    far = people.remote(services, "mallory")
    with services.db.read() as session:
        with pytest.raises(NotFoundError):
            lookup.by_handle(session, services.settings, "mallory")
        assert lookup.by_handle(session, services.settings, "mallory@far.example").id == far.id


def test_who_is_deleted_is_not_found_by_any_way(services: Services) -> None:
    gone = people.remote(services, "gone", deleted_at=services.clock.now())
    with services.db.read() as session:
        for find in (
            lambda: lookup.by_id(session, gone.id),
            lambda: lookup.by_uri(session, gone.uri),
            lambda: lookup.by_handle(session, services.settings, "gone@far.example"),
        ):
            with pytest.raises(NotFoundError):
                find()


def test_the_ladder_of_roles() -> None:
    ladder = [Role.MEMBER, Role.TRAINEE, Role.REVIEWER, Role.MODERATOR, Role.LEAD, Role.ADMIN]
    for position, role in enumerate(ladder):
        assert [lookup.at_least(role, least) for least in ladder] == [True] * (position + 1) + [False] * (5 - position)


def test_child_safety_stands_beside_the_ladder() -> None:
    assert lookup.at_least(Role.CHILD_SAFETY, Role.CHILD_SAFETY)
    assert not lookup.at_least(Role.ADMIN, Role.CHILD_SAFETY)
    assert not lookup.at_least(Role.LEAD, Role.CHILD_SAFETY)
    assert not lookup.at_least(Role.CHILD_SAFETY, Role.MODERATOR)


def test_a_disabled_moderator_is_none(services: Services) -> None:
    mod = people.member(services, "mod", Role.MODERATOR)
    lookup.require_role(mod, Role.MODERATOR)
    with pytest.raises(ForbiddenError):
        lookup.require_role(mod, Role.LEAD)
    mod.disabled_at = services.clock.now()
    with pytest.raises(ForbiddenError):
        lookup.require_role(mod, Role.MEMBER)
