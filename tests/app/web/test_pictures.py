"""Writing with pictures on the pages: taken with the form, kept when it comes back, shown with the post."""

from __future__ import annotations

import io
import re

from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from app.accounts.tables import AccountRow
from app.posts.tables import AttachmentRow, PostRow, PostState
from app.uploads.recordings import work
from app.uploads.tables import UploadRow
from tests.app.web.conftest import BASE, Town, Visitor
from tests.support.pictures import picture
from tests.support.recordings import film


def write(home: Visitor, text: str, *files: tuple[bytes, str], **fields: object) -> TestResponse:
    """Send the box, each file with its description."""
    data = {"csrf_token": home.token("/compose"), "text": text, **fields}
    parts = [(io.BytesIO(body), f"{number}.png") for number, (body, _said) in enumerate(files)]
    given = data | {"picture": parts, "description": [said for _body, said in files]}
    headers = home.headers | {"Referer": f"{BASE}/compose"}
    return home.client.post("/compose", base_url=BASE, headers=headers, data=given, content_type="multipart/form-data")


def attached(town: Town) -> list[tuple[str, PostState]]:
    with town.services.db.read() as session:
        query = select(AttachmentRow.description, PostRow.state).join(PostRow, PostRow.pk == AttachmentRow.post_pk)
        return [(said, state) for said, state in session.execute(query.order_by(AttachmentRow.id))]


def test_pictures_are_posted_with_what_is_said_of_them(town: Town, ana: AccountRow) -> None:
    home = town.at_home(ana)
    answer = write(home, "Look", (picture(), "A red wall"), (picture(), ""))
    assert answer.status_code == 302
    assert attached(town) == [("A red wall", PostState.PUBLISHED), ("", PostState.PUBLISHED)]
    page = home.page(answer.headers["Location"].removeprefix(BASE))
    assert 'alt="A red wall"' in page and "/media/attachments/" in page


def test_a_large_form_is_taken_from_members_alone(town: Town, ana: AccountRow) -> None:
    large = picture((1500, 1500), "PNG", compress_level=0)
    assert len(large) > 2 * 1024 * 1024
    for visitor, form, status in ((town.at_home(ana), "/compose", 302), (town.visitor(), "/sign-in", 413)):
        fields = {"csrf_token": visitor.token(form), "text": "Look", "description": "Red"}
        boundary, body = encode_multipart(MultiDict([*fields.items(), ("picture", _file(large))]))
        headers = visitor.headers | {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        assert visitor.client.post("/compose", base_url=BASE, headers=headers, data=body).status_code == status


def _file(body: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(body), "a.png", "picture", "image/png")


def test_when_the_form_comes_back_its_pictures_are_still_there(town: Town, ana: AccountRow) -> None:
    home = town.at_home(ana)
    answer = write(home, "x" * 5001, (picture(), "A red wall"))
    assert answer.status_code == 422 and "Picture 1 is here" in answer.get_data(as_text=True)
    number = re.search(r'name="picture_id" value="(\d+)"', answer.get_data(as_text=True))
    assert number is not None
    assert write(home, "Short", picture_id=number[1], picture_said="A wall").status_code == 302
    assert attached(town) == [("A wall", PostState.PUBLISHED)]


def test_what_is_no_picture_is_said_and_nothing_is_posted(town: Town, ana: AccountRow) -> None:
    answer = write(town.at_home(ana), "", (b"no picture", ""))
    assert answer.status_code == 422 and "no picture that can be shown" in answer.get_data(as_text=True)
    with town.services.db.read() as session:
        assert session.scalars(select(PostRow)).all() == [] == session.scalars(select(UploadRow)).all()


def test_an_edit_of_the_words_keeps_the_pictures(town: Town, ana: AccountRow) -> None:
    home = town.at_home(ana)
    write(home, "Look", (picture(), "A red wall"))
    with town.services.db.read() as session:
        number = session.scalars(select(PostRow.id)).one()
    path = f"/posts/{number}/edit"
    assert home.post(path, text="Look again").status_code == 302
    assert attached(town) == [("A red wall", PostState.PUBLISHED)]


def test_anothers_upload_is_not_posted(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    answer = write(town.at_home(ana), "x" * 5001, (picture(), "Mine"))
    number = re.search(r'name="picture_id" value="(\d+)"', answer.get_data(as_text=True))
    assert number is not None
    assert write(town.at_home(ben), "Stolen", picture_id=number[1], picture_said="Yours").status_code == 302
    assert attached(town) == []


def test_a_film_stays_with_the_form_until_it_is_ready_and_is_played_on_the_page(town: Town, ana: AccountRow) -> None:
    home = town.at_home(ana)
    answer = write(home, "Look", (film(), "A test card"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "still being prepared" in page and "Your film or sound is here" in page
    number = re.search(r'name="picture_id" value="(\d+)"', page)
    assert number is not None and work.drain(town.services, 1) == 1
    again = write(home, "Look", picture_id=number[1], picture_said="A test card")
    assert again.status_code == 302
    page = home.page(again.headers["Location"].removeprefix(BASE))
    assert "<video controls" in page and 'aria-label="A test card"' in page and "film.mp4" in page


def test_a_member_has_a_picture_a_banner_and_lines_about_themselves(town: Town, ana: AccountRow) -> None:
    home = town.at_home(ana)
    assert _saves(home, avatar=picture(), header=picture((900, 300)), field_name="Garden", field_value="Roses")
    page = home.page("/@ana")
    assert "/media/avatars/" in page and "/media/headers/" in page and "Garden" in page and "Roses" in page
    assert _saves(home, without_avatar="1", field_name="Garden", field_value="Roses")
    page = home.page("/@ana")
    assert "/media/avatars/" not in page and "/media/headers/" in page


def _saves(home: Visitor, **fields: object) -> bool:
    files = {name: (io.BytesIO(body), "me.png") for name, body in fields.items() if isinstance(body, bytes)}
    data = {"csrf_token": home.token("/settings"), "display_name": "Ana", "summary": "", **fields, **files}
    headers = home.headers | {"Referer": f"{BASE}/settings"}
    kind = "multipart/form-data"
    answer = home.client.post("/settings/profile", base_url=BASE, headers=headers, data=data, content_type=kind)
    return answer.status_code == 302
