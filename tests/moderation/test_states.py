"""Every state's arrows: those that are drawn are gone, those that aren't are refused."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import update

from moderation.cases import states as cases
from moderation.cases.tables import CaseRow
from moderation.duplicates import states as clusters
from moderation.duplicates.tables import ClusterRow, ClusterState
from moderation.errors import ForbiddenArrowError, NotFoundError
from moderation.holds import states as holds
from moderation.holds.tables import HoldRow, HoldState
from moderation.values import CaseState
from tests.moderation.cast import HATEFUL, House


@pytest.mark.one_database
@pytest.mark.parametrize(("before", "after"), list(product(CaseState, CaseState)))
def test_a_case_goes_only_where_an_arrow_leads(house: House, before: CaseState, after: CaseState) -> None:
    case_id = house.case_of(HATEFUL)
    house.session.execute(update(CaseRow).where(CaseRow.id == case_id).values(state=before))
    if after in cases.ARROWS[before]:
        assert cases.change(house.session, case_id, after, house.now)
        assert house.session.get_one(CaseRow, case_id).state is after
    else:
        with pytest.raises(ForbiddenArrowError):
            cases.change(house.session, case_id, after, house.now)
        assert house.session.get_one(CaseRow, case_id).state is before


@pytest.mark.one_database
@pytest.mark.parametrize(("before", "after"), list(product(HoldState, HoldState)))
def test_a_hold_goes_only_where_an_arrow_leads(house: House, before: HoldState, after: HoldState) -> None:
    house.one(HATEFUL)
    house.session.execute(update(HoldRow).values(state=before))
    went = holds.change(house.session, [1], after, house.now)
    assert bool(went) is (after in holds.ARROWS[before])
    house.session.expire_all()
    assert house.session.get_one(HoldRow, 1).state is (after if went else before)


@pytest.mark.one_database
@pytest.mark.parametrize(("before", "after"), list(product(ClusterState, ClusterState)))
def test_a_wave_goes_only_where_an_arrow_leads(house: House, before: ClusterState, after: ClusterState) -> None:
    row = ClusterRow(
        key="k", simhash=1, state=before, copies=1, authors=1,
        first_seen_at=house.now, last_seen_at=house.now, ends_at=house.now,
    )  # fmt: skip
    house.session.add(row)
    house.session.flush()
    if after in clusters.ARROWS[before]:
        clusters.change(house.session, row.id, after)
    else:
        with pytest.raises(ForbiddenArrowError):
            clusters.change(house.session, row.id, after)


@pytest.mark.parametrize("arrows", [cases.ARROWS, holds.ARROWS, clusters.ARROWS])
def test_every_state_has_its_arrows_written_down(arrows: dict[object, frozenset[object]]) -> None:
    kind = type(next(iter(arrows)))
    assert set(arrows) == set(kind)  # type: ignore[call-overload]


@pytest.mark.one_database
def test_a_case_that_is_not_there_is_said_to_be_so(house: House) -> None:
    with pytest.raises(NotFoundError):
        cases.change(house.session, 404, CaseState.CLAIMED, house.now)
