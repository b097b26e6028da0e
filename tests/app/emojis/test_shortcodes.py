"""Which text is a shortcode, and which shortcodes a text has."""

from __future__ import annotations

import pytest

from app.emojis import shortcodes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("so :blob: and :blob:, :Blob_2:!", ["blob", "Blob_2"]),
        ("<p>:blob:</p>", ["blob"]),
        ("at 10:30:15", []),
        ("a:blob:b", []),
        ("::blob::", []),
        (":b: :blob cat: :blöb:", []),
        (f":{'x' * 129}:", []),
        ("", []),
    ],
)
def test_a_text_has_what_stands_between_colons_by_itself(text: str, codes: list[str]) -> None:
    assert shortcodes.found(text) == codes


@pytest.mark.parametrize("text", ["", "a", "blob-cat", "blob cat", ":blob:", "blöb", "x" * 129, "blob\n"])
def test_what_no_other_server_would_take_is_no_shortcode(text: str) -> None:
    assert not shortcodes.is_one(text)


def test_a_file_suggests_its_name() -> None:
    assert shortcodes.of_file("faces/blob-cat (2).png") == "blob_cat_2"
