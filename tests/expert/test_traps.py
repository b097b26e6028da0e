"""The traps that an expert looks for: each has tests that name it, here or elsewhere, and those are there.

What isn't built can't be fallen into: a model that
learns from decisions by itself (it is trained by hand, from data that somebody chose).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from sqlalchemy import select

from app.clock import FrozenClock
from app.enforcement import upkeep
from app.posts.tables import PostState
from moderation.authors.tables import AuthorRow
from moderation.cases import due
from moderation.cases.tables import CaseRow
from moderation.values import CaseState
from tests.federation.world import World
from tests.leaks.conftest import app, services, world
from tests.leaks.test_bypasses import BAD, FINE

__all__ = ["app", "services", "world"]
TESTS = Path(__file__).parents[1]
TRAPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "unblocked because a list vanished": (
            "app/reviewing/test_followed_lists.py::test_an_empty_shrunken_or_broken_list_is_an_error_and_never_an_unblock",
            "app/reviewing/test_followed_lists.py::test_a_list_that_is_gone_or_unreachable_changes_nothing",
        ),
        "past a hold by an edit": (
            "leaks/test_bypasses.py::test_an_edit_of_a_published_post_to_hatred_leaves_the_old_text",
            "expert/test_24_interop.py::test_a_fine_post_that_becomes_hateful_by_its_edit_never_shows_it",
        ),
        "past a hold by a boost or a quote": (
            "leaks/test_bypasses.py::test_a_boost_of_a_held_post_shows_nothing_and_comes_when_it_is_let_in",
            "leaks/test_bypasses.py::test_a_boost_of_something_hateful_that_was_never_sent_is_fetched_and_held",
            "leaks/test_matrix.py::*",
        ),
        "past a hold by what a reply names": (
            "leaks/test_bypasses.py::test_visibility_of_a_reply_to_what_is_hidden_names_nobody",
            "federation/test_answers_that_wait.py::*",
        ),
        "past a hold by a profile": (
            "leaks/test_bypasses.py::test_a_members_hateful_profile_waits_and_the_old_one_stands",
            "leaks/test_bypasses.py::test_a_hateful_profile_from_elsewhere_isnt_shown_at_first_sight_nor_later",
        ),
        "past a hold by descriptions, warnings, poll options and tags": (
            "leaks/test_bypasses.py::test_hatred_outside_the_text_of_a_remote_post_is_held_or_not_shown",
            "leaks/test_bypasses.py::test_hatred_outside_the_text_of_a_members_post_is_held",
        ),
        "past a hold by letters": (
            "leaks/test_bypasses.py::test_a_strangers_hateful_letter_is_a_request_without_a_notification",
            "leaks/test_bypasses.py::test_a_letter_to_more_than_five_strangers_is_treated_as_public",
        ),
        "past a hold by look-alike letters and invisible ones": (
            "models/test_normalise.py::test_a_disguise_is_undone",
            "models/test_textmodel.py::test_homoglyphs_do_not_buy_an_abstention",
        ),
        "another picture at the same address": (
            "federation/test_pictures.py::test_an_edit_that_leaves_the_picture_does_not_fetch_it_again",
            "federation/test_pictures.py::test_nothing_is_fetched_until_somebody_looks_and_then_once",
        ),
        "an address on one host, an author on another": (
            "leaks/test_bypasses.py::test_a_post_that_says_somebody_elses_name_is_not_taken",
            "leaks/test_bypasses.py::test_the_same_address_from_another_actor_is_not_taken",
        ),
        "a decision on a version that nobody saw": (
            "app/web/review/test_deciding.py::test_a_decision_on_words_that_were_edited_meanwhile_is_refused",
            "app/web/review/test_batch.py::test_an_edit_in_between_stops_all_of_them",
            "app/web/review/test_meanwhile.py::*",
        ),
        "reporters who game the order": (
            "moderation/test_reports.py::test_a_domain_cannot_buy_priority_with_many_voices",
            "moderation/test_priority.py::test_however_many_report_from_one_server_they_are_three_voices_at_most",
            "moderation/test_priority.py::test_voices_count_by_the_logarithm",
        ),
        "ignored reports that outlive an edit, or hide something graver": (
            "moderation/test_reports.py::test_ignored_reports_count_again_once_the_post_was_edited_even_back_and_forth",
            "moderation/test_reports.py::test_ignored_reports_count_again_for_a_graver_category_and_only_for_that",
            "moderation/test_reports.py::test_an_ignored_post_takes_no_other_along_that_nobody_looked_at",
        ),
        "machines that learn from themselves": (
            "expert/test_traps.py::test_what_ran_out_by_itself_counts_for_nobody_and_against_nobody",
            "moderation/test_policy.py::test_two_hundred_human_decisions_end_the_careful_start",
            "moderation/quality/test_reviews.py::test_audits_measure_what_machines_let_in_and_what_they_restrained",
        ),
        "a sweep that touches what is sealed or ordered to be kept": (
            "app/web/review/test_child_safety.py::test_the_case_is_gone_from_the_desk_for_everybody",
            "app/web/review/test_child_safety.py::test_nothing_brings_it_back_to_the_desk",
            "app/preservation/test_orders.py::test_evidence_outlives_its_time_under_an_order_and_no_longer",
        ),
        "a purge that forgets an order": ("architecture/test_purges.py::test_what_an_order_stops_asks",),
        "clocks: of the house, of others, and in the night in which they change": (
            "expert/test_traps.py::test_a_date_from_the_future_buys_neither_a_place_nor_time",
            "moderation/test_time.py::test_a_night_in_which_clocks_go_forward_has_its_real_hours",
            "federation/test_proofs.py::test_a_proof_from_the_future_is_refused_and_an_old_one_is_none",
        ),
        "who decided, given away": (
            "app/enforcement/test_decisions.py::test_a_reporter_is_told_what_came_of_it_and_not_by_whom",
            "app/reports/test_reports.py::test_a_report_leaves_the_house_only_if_it_was_ticked_and_never_names_its_reporter",
            "expert/test_19_fields.py::test_a_role_is_told_what_the_table_says_and_no_more",
            "expert/test_11_the_reporter_hears.py::test_nobody_who_is_reported_learns_by_whom",
        ),
    }
)


@pytest.mark.parametrize("trap", TRAPS)
def test_each_trap_has_tests_that_are_there(trap: str) -> None:
    for named in TRAPS[trap]:
        file, _, name = named.partition("::")
        text = (TESTS / file).read_text()
        assert "\ndef test_" in text if name == "*" else f"\ndef {name}(" in text, named


@pytest.mark.one_database
def test_a_date_from_the_future_buys_neither_a_place_nor_time(world: World, clock: FrozenClock) -> None:
    ana, mallory = world.member(), world.known()
    far_off = {"published": "2099-01-01T00:00:00Z"}
    fine, bad = (mallory.note_to(ana, text) | far_off for text in (FINE, BAD))
    for note in (fine, bad):
        world.take(mallory, mallory.create(note))
    now = clock.now()
    assert world.stored(fine).published_at <= now
    with world.services.db.read() as session:
        case = session.scalars(select(CaseRow).where(CaseRow.uri == bad["id"])).one()
    assert case.opened_at <= now
    assert case.due_at == case.opened_at + due.HOLD_ELSEWHERE


@pytest.mark.one_database
def test_what_ran_out_by_itself_counts_for_nobody_and_against_nobody(world: World, clock: FrozenClock) -> None:
    ana, mallory = world.member(), world.known()
    note = mallory.note_to(ana, BAD)
    world.take(mallory, mallory.create(note))
    with world.services.db.read() as session:
        before = _record(session.scalars(select(AuthorRow).where(AuthorRow.uri == mallory.uri)).one())
    clock.move(timedelta(hours=25))
    upkeep.end_holds(world.services)
    assert world.state(note) is PostState.PUBLISHED
    with world.services.db.read() as session:
        author = session.scalars(select(AuthorRow).where(AuthorRow.uri == mallory.uri)).one()
        case = session.scalars(select(CaseRow).where(CaseRow.uri == note["id"])).one()
    assert _record(author) == before
    assert case.state is CaseState.OPEN, "somebody still looks at it"


def _record(author: AuthorRow) -> tuple[int, int, int]:
    """What would make an author trusted, or not."""
    return author.approved, author.released, author.removed
