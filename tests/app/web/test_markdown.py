"""Model cards as pages."""

from __future__ import annotations

import pytest

from app.web import markdown
from models import registry
from tests.app.web.conftest import Town


def test_headings_paragraphs_tables_and_code() -> None:
    html = str(markdown.render("# Card\n\nTwo\nlines with `code`.\n\n| label | n |\n|---|---|\n| hate | 1.5 |"))
    assert html == (
        "<h2>Card</h2>\n<p>Two lines with <code>code</code>.</p>\n"
        '<div class="scroll" tabindex="0"><table><thead><tr><th>label</th><th class="num">n</th></tr></thead>'
        '<tbody><tr><td>hate</td><td class="num">1.5</td></tr></tbody></table></div>'
    )


def test_everything_else_is_text() -> None:
    assert str(markdown.render("<script>alert(1)</script> `<b>`")) == (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt; <code>&lt;b&gt;</code></p>"
    )


@pytest.mark.one_database
@pytest.mark.parametrize(("language", "word"), [("en", "Known failures"), ("fr", "Défauts connus")])
def test_the_page_shows_the_card_of_the_model_in_use(town: Town, language: str, word: str) -> None:
    page = town.visitor(language).page("/about/model")
    assert registry.current().name in page
    assert word in page


@pytest.mark.one_database
def test_every_version_here_has_its_page_and_says_whether_it_is_in_use(town: Town) -> None:
    visitor = town.visitor()
    for version in registry.versions():
        page = visitor.page(f"/about/model/{version.name}")
        assert f"Text model {version.name}" in page
        assert ("not in use" in page) is not version.current
    assert visitor.get("/about/model/text-none").status_code == 404
