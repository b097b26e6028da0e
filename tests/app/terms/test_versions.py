"""Terms and privacy say what is in force, in both languages, and are kept in versions."""

from __future__ import annotations

import pytest

from app.accounts.tables import Role
from app.appealing import outside
from app.errors import ForbiddenError, InvalidError
from app.instance import house, rules
from app.notifications import languages
from app.reviewing import ruling
from app.services import Services
from app.terms import own, versions
from app.terms.tables import Document
from moderation.log import reading
from moderation.log.reading import LogQuery
from moderation.policy import store
from tests.app import people

TERMS, PRIVACY = Document.TERMS, Document.PRIVACY


def text(services: Services, document: Document, locale: str = "en") -> str:
    """Everything that the newest version says."""
    versions.settle(services)
    with services.db.read() as session:
        row = versions.newest(session, document)
    assert row is not None
    return "\n".join(
        part if isinstance(part, str) else "\n".join(part) for one in row.sections[locale] for part in one["parts"]
    )


def numbers(services: Services) -> tuple[int, int]:
    with services.db.read() as session:
        return len(versions.listed(session, TERMS)), len(versions.listed(session, PRIVACY))


def test_nothing_changed_is_no_new_version(services: Services) -> None:
    rules.ensure_defaults(services)
    assert versions.settle(services) == 2
    assert versions.settle(services) == 0
    assert numbers(services) == (1, 1)


def test_a_rule_worded_anew_makes_new_terms_and_leaves_privacy(services: Services) -> None:
    rules.ensure_defaults(services)
    before = text(services, TERMS)
    with services.db.read() as session:
        first = rules.rules(session)[0].id
    rules.retire(services, first, "lea")
    assert "Be kind." in before and "Be kind." not in text(services, TERMS)
    assert numbers(services) == (2, 1)
    with services.db.read() as session:
        old = versions.numbered(session, TERMS, 1)
    assert old is not None and "Be kind." in str(old.sections)


def test_contacts_for_people_and_authorities_stand_in_both(services: Services) -> None:
    house.change(services, contact_email="hello@house.example", authority_contact="Roth, law@house.example")
    for document in Document:
        told = text(services, document)
        assert "hello@house.example" in told and "For authorities: Roth, law@house.example" in told


def test_the_country_whose_law_holds_stands_in_both_and_is_missed_where_nobody_named_it(services: Services) -> None:
    assert "Nobody has written down here in which country" in text(services, TERMS)
    house.change(services, country="DE")
    for document in Document:
        assert "This server stands in: Deutschland." in text(services, document)


def test_hours_strikes_and_lines_are_those_of_the_policy_in_force(services: Services) -> None:
    admin = people.member(services, "ada", Role.ADMIN)
    assert "4 hours at most for members, 24 for others" in text(services, TERMS)
    with services.db.read() as session:
        document = dict(store.current(session).document)
    strikes = {**document["strikes"], "days": 45}
    ruling.publish_policy(
        services, admin, {**document, "holds": {"local_hours": 2, "remote_hours": 9}, "strikes": strikes}
    )
    told = text(services, TERMS)
    assert "2 hours at most for members, 9 for others" in told and "for 45 days" in told and "version 2" in told


def test_who_reads_appeals_where_nobody_else_may_is_said_as_it_is(services: Services) -> None:
    admin = people.member(services, "ada", Role.ADMIN)
    assert "it waits a day and is read afresh" in text(services, TERMS)
    outside.name_reader(services, admin, "Rita", "rita@far.example", "en")
    told = text(services, TERMS)
    assert "a reader outside the house does" in told and "rita" not in told.lower()


def test_an_admins_words_stand_around_and_are_bounded_and_logged(services: Services) -> None:
    own.change(services, {"terms_before_en": "We are a choir.\n\nWe sing.", "terms_after_fr": "Droit belge."}, "ada")
    with services.db.read() as session:
        sections = versions.build(session, services, TERMS)
        logged = [row.actor for row in reading.page(session, LogQuery(verb="terms_worded"), 10)]
    assert sections["en"][0]["parts"] == ("We are a choir.", "We sing.")
    assert sections["fr"][-1]["parts"] == ("Droit belge.",)
    assert logged == ["ada", "ada"]
    with pytest.raises(InvalidError):
        own.change(services, {"terms_before_en": "x" * 20_001}, "ada")
    with pytest.raises(InvalidError):
        own.change(services, {"title": "x"}, "ada")


def test_the_switch_for_private_messages_is_the_admins_and_the_privacy_page_says_it(services: Services) -> None:
    admin, lead = people.member(services, "ada", Role.ADMIN), people.member(services, "lea", Role.LEAD)
    own.change(services, {"private_basis_en": "The recipients asked for it."}, "ada")
    on = text(services, PRIVACY)
    assert "Machines on this server read the text of private messages" in on and "The recipients asked for it." in on
    with pytest.raises(ForbiddenError):
        ruling.read_private_messages(services, lead, False)
    ruling.read_private_messages(services, admin, False)
    off = text(services, PRIVACY)
    assert "No machine reads the text of private messages" in off and "The recipients asked for it." not in off
    with services.db.read() as session:
        assert reading.page(session, LogQuery(verb="private_text_model_off"), 10)


@pytest.mark.parametrize("document", list(Document))
def test_french_is_french(services: Services, document: Document) -> None:
    rules.ensure_defaults(services)
    with services.db.read() as session:
        sections = versions.build(session, services, document)
    for english, french in zip(sections["en"], sections["fr"], strict=True):
        assert len(english["parts"]) == len(french["parts"])
        for one, other in zip(english["parts"], french["parts"], strict=True):
            assert one != other or one.startswith("@")
    assert set(sections) == set(languages.LOCALES)


def test_network_addresses_are_named_with_their_days_where_they_are_kept(services: Services) -> None:
    assert "30 days after the last use" in text(services, PRIVACY)
    object.__setattr__(services.settings, "address_days", 0)
    assert "Network addresses" not in text(services, PRIVACY)
