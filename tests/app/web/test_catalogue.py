"""Everything that people read is there in French, and what is served is what was written."""

from __future__ import annotations

import re

from babel.messages.catalog import Message
from babel.messages.mofile import read_mo

from app.translations import catalogue

_PLACES = re.compile(r"%\(\w+\)[sd]")


def forms(given: object) -> list[str]:
    """A message's text or texts."""
    return [str(one) for one in given] if isinstance(given, tuple | list) else [str(given)]


def messages() -> list[Message]:
    """Every message of the French catalogue."""
    return [message for message in catalogue.read() if message.id]


def test_every_message_of_the_sources_has_a_french_text() -> None:
    missing = catalogue.missing(catalogue.updated())
    assert not missing, "write the French into messages.po, then run python -m app.translations.catalogue"


def test_the_catalogue_holds_nothing_that_the_sources_do_not() -> None:
    known = {str(forms(message.id)[0]) for message in catalogue.extract() if message.id}
    assert {str(forms(message.id)[0]) for message in messages()} <= known


def test_the_compiled_catalogue_says_what_the_written_one_says() -> None:
    with catalogue.compiled().open("rb") as file:
        compiled = {forms(m.id)[0]: forms(m.string) for m in read_mo(file) if m.id}
    assert compiled == {forms(m.id)[0]: forms(m.string) for m in messages()}


def test_french_keeps_every_place_that_is_filled_in() -> None:
    for message in messages():
        wanted = set(_PLACES.findall(" ".join(forms(message.id))))
        for text in forms(message.string):
            assert set(_PLACES.findall(text)) == wanted, text


def test_french_signs_have_their_narrow_spaces() -> None:
    for message in messages():
        for text in forms(message.string):
            assert not re.search(r"[^\s\u202f\u00a0(/][?!;](?=\s|$)", text), text
            assert not re.search(r" [:?!;»]|« ", text), text
            assert "'" not in text, text
