"""At the desk by keyboard: pictures shown by steps and never longer than a key is held, and a look at who wrote and from where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.tables import Role
from app.posts import admission
from app.posts.drafts import DraftAttachment, PostDraft
from app.posts.tables import PostKind
from moderation.cases.tables import CaseEventRow, CaseRow
from moderation.values import Visibility
from tests.app.people import remote
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen

SCREENS = {"desk": {"width": 1280, "height": 720}, "phone": {"width": 390, "height": 844}}
PIXEL = b'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="#b45"/></svg>'


@dataclass
class Looking:
    """Somebody before a case with a picture from elsewhere."""

    person: Somebody
    number: int

    def looks(self) -> list[str]:
        """The steps that were written down."""
        with self.person.live.services.db.read() as session:
            query = select(CaseEventRow).where(CaseEventRow.case_id == self.number, CaseEventRow.what == "looked")
            return [row.details["step"] for row in session.scalars(query.order_by(CaseEventRow.id))]


@pytest.fixture(params=list(SCREENS))
def looking(request: pytest.FixtureRequest, chromium: Browser, live: LiveHouse) -> Iterator[Looking]:
    """On either screen."""
    which = "pictures" if "colour" in request.node.name else "peeks"
    name = f"lena_{which}_{request.param}"
    live.member(name, Role.MODERATOR)
    sender, now = (
        remote(live.services, name + "s_neighbour", f"{which}-{request.param}.example"),
        live.services.clock.now(),
    )
    draft = PostDraft(
        uri=sender.uri + "/1", actor_id=sender.id, local=False, kind=PostKind.NOTE, visibility=Visibility.PUBLIC,
        submitted_at=now, published_at=now, content=f"<p>vermin on the {request.param}, {which}</p>",
        text=f"vermin on the {request.param}, {which}",
        attachments=(DraftAttachment(f"https://{request.param}.example/a.png", "image/png", "A red door"),),
    )  # fmt: skip
    admission.admit(live.services, [draft])
    with live.services.db.read() as session:
        number = session.scalars(select(CaseRow.id).where(CaseRow.uri == draft.uri)).one()
    context, person = before_a_screen(chromium, live, viewport=SCREENS[request.param])
    context.route("**/media/desk/**", lambda route: route.fulfill(body=PIXEL, content_type="image/svg+xml"))
    person.signs_in(name).goes(f"/review/case/{number}").page.wait_for_load_state("networkidle")
    yield Looking(person, number)
    context.close()


def test_colour_is_there_only_while_the_key_is_held_and_escape_veils_everything(looking: Looking) -> None:
    page = looking.person.page
    for step in ("", "blur", "thumb", "grey"):
        page.keyboard.press("v")
        page.locator(f'[data-veil="{step}"][open]').wait_for()
    assert Axe().run(page).violations_count == 0
    page.keyboard.down("v")
    page.locator('[data-veil="colour"][open] img').wait_for(state="visible")
    page.keyboard.up("v")
    page.locator('[data-veil="colour"]:not([open])').wait_for()
    page.locator('[data-veil="grey"] > .pictures img').wait_for(state="visible")
    page.keyboard.press("Escape")
    page.wait_for_function("document.querySelectorAll('[data-veil][open]').length === 0")
    for _ in range(200):  # the last one may be on its way still
        if len(looking.looks()) == 4:
            break
        page.wait_for_timeout(50)
    assert sorted(looking.looks()) == ["blur", "colour", "grey", "thumb"]
    assert looking.person.complaints == []


def test_a_look_at_the_author_and_at_their_server_comes_before_the_case_and_goes_again(looking: Looking) -> None:
    page = looking.person.page
    for key, words in (("p", "Everything that happened to it"), ("d", ".example")):
        page.keyboard.press(key)
        page.locator("#peek[open]").wait_for()
        assert words in page.locator("#peek-title").inner_text()
        assert page.locator("#peek-what form").count() == 0
        assert Axe().run(page).violations_count == 0
        page.keyboard.press("Escape")
        page.locator("#peek:not([open])").wait_for(state="attached")
    assert page.url.endswith(f"/review/case/{looking.number}")
    assert looking.person.complaints == []
