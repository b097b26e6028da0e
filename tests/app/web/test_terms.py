"""The pages of terms and privacy, and the same words for clients."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.accounts.tables import Role
from app.instance import house, rules
from app.instance.first_rules import RuleText
from app.terms import own, versions
from tests.app.web.conftest import Town


def test_a_house_without_a_version_yet_says_what_it_will_say(town: Town) -> None:
    assert "Be kind." in town.visitor().page("/terms") and "Version 1" not in town.visitor().page("/terms")
    assert "Ce que lisent les machines" in town.visitor("fr").page("/privacy")


def test_an_earlier_version_says_that_it_holds_no_more(town: Town) -> None:
    versions.settle(town.services)
    own.change(town.services, {"terms_before_en": "We <b>sing</b>."}, "ada")
    versions.settle(town.services)
    visitor = town.visitor()
    assert "We <b>sing</b>." in visitor.page("/terms") and "<b>sing</b>" not in visitor.get("/terms").text
    assert "doesn’t hold any more" in visitor.page("/terms/1") and "<b>sing" not in visitor.page("/terms/1")
    assert visitor.get("/terms/3").status_code == 404 and visitor.get(f"/terms/{2**70}").status_code == 404


def test_every_version_says_what_it_changed(town: Town) -> None:
    versions.settle(town.services)
    rule = RuleText(text_en="Whisper at night.", text_fr="Chuchotez la nuit.")
    row = rules.add(town.services, rule)
    versions.settle(town.services)
    rules.change(town.services, row.id, replace(rule, text_en="Whisper at <night>."))
    versions.settle(town.services)
    page = town.visitor().get("/terms/versions").text
    assert (
        page.index("Version 3") < page.index("Version 2") < page.index("Version 1") < page.index("The first version.")
    )
    assert "<del>" in page and "night.</del>" in page and "&lt;night&gt;.</ins>" in page and "<night>" not in page
    assert "Be kind" not in page, "what stayed isn't there"
    french = town.visitor("fr").get("/terms/versions").text
    assert "Chuchotez la nuit." in french and "Rien ne se lit autrement" in french
    assert 'href="/terms/versions"' in town.visitor().page("/terms")
    assert "Version 1" not in town.visitor().page("/terms/versions?before=1")
    assert town.visitor().get(f"/privacy/versions?before={2**70}").status_code == 200


def test_every_page_leads_to_both(town: Town) -> None:
    page = town.visitor().page("/about")
    assert 'href="/terms"' in page and 'href="/privacy"' in page and 'href="/terms"' in town.visitor().page("/terms")


def test_an_admin_writes_the_words_around_and_turns_the_switch(town: Town) -> None:
    admin = town.at_home(town.member("ada", Role.ADMIN))
    fields = {name: f"words for {name}" for name in own.NAMES}
    assert admin.post("/review/terms", **fields).status_code == 302
    assert "words for privacy_after_fr" in admin.page("/review/terms")
    admin.post("/review/terms/private", on="/review/terms", text_model="off")
    assert "No machine reads their text" in admin.page("/review/terms")
    admin.post("/review/terms/private", on="/review/terms", text_model="on")
    assert "Stop reading their text" in admin.page("/review/terms")
    too_long = admin.post("/review/terms", **(fields | {"terms_before_en": "x" * 20_001}))
    assert too_long.status_code == 422


def test_clients_read_terms_privacy_and_description(town: Town) -> None:
    house.change(town.services, about="We sing.")
    visitor = town.visitor("fr")
    assert "We sing." in visitor.get("/api/v1/instance/extended_description").json["content"]  # type: ignore[index]
    versions.settle(town.services)
    first = town.services.clock.now().date().isoformat()
    told = visitor.get("/api/v1/instance/terms_of_service").json
    assert told is not None and told["effective_date"] == first and told["effective"] and "<h2>" in told["content"]
    assert "Qui tient ce serveur" in told["content"] and told["succeeded_by"] is None
    assert "Ce que lisent les machines" in visitor.get("/api/v1/instance/privacy_policy").json["content"]  # type: ignore[index]
    town.services.clock.move(timedelta(days=3))  # type: ignore[attr-defined]
    own.change(town.services, {"terms_before_fr": "<script>"}, "ada")
    versions.settle(town.services)
    later = town.services.clock.now().date().isoformat()
    old = visitor.get(f"/api/v1/instance/terms_of_service/{first}").json
    assert old is not None and not old["effective"] and old["succeeded_by"] == later
    assert "&lt;script&gt;" in visitor.get(f"/api/v1/instance/terms_of_service/{later}").json["content"]  # type: ignore[index]
    for wrong in ("2020-01-01", "nonsense", "2026-13-40"):
        assert visitor.get(f"/api/v1/instance/terms_of_service/{wrong}").status_code == 404
