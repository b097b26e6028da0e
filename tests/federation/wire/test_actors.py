"""Actors are read whole, and only what is on their own host is theirs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire import errors
from app.federation.wire.actors import parse_actor
from app.federation.wire.values import ActorKey, ActorKind, Image, ProfileField
from tests.federation.wire import documents as they
from tests.federation.wire.documents import ANA, MALLORY, PEM, REMOTE
from tests.federation.wire.test_parse import JSON


def test_a_person_is_read_whole() -> None:
    ana = parse_actor(they.person())
    assert (ana.uri, ana.kind, ana.username, ana.host) == (ANA, ActorKind.PERSON, "ana", "remote.example")
    assert (ana.inbox, ana.shared_inbox) == (f"{ANA}/inbox", f"{REMOTE}/inbox")
    assert ana.icon == Image(f"{REMOTE}/ana.png", "image/png", "a hat")
    assert ana.keys == (ActorKey(f"{ANA}#main-key", PEM),)
    assert ana.fields == (ProfileField("Garden", '<a href="https://garden.example">garden</a>'),)
    assert (ana.manually_approves_followers, ana.discoverable, ana.indexable) == (True, True, False)
    assert ana.published is not None
    assert ana.also_known_as == ("https://old.example/users/ana",)


@pytest.mark.parametrize("kind", ["Person", "Service", "Group", "Application", "Organization", ["Person", "Thing"]])
def test_all_five_kinds_are_actors(kind: Any) -> None:
    assert parse_actor(they.person(type=kind)).kind.value in kind


@pytest.mark.parametrize("name", ["ana", "57H", "dbzer0.com", "a", "a_b-c.d"])
def test_names_of_letters_digits_and_marks_are_taken(name: str) -> None:
    assert parse_actor(they.person(preferredUsername=name)).username == name


@pytest.mark.parametrize("name", ["", "a b", "аna", "a@b", "a/b", ".ana", "ana\n", "a" * 101, None, 7, ["ana"]])
def test_other_names_are_refused(name: Any) -> None:
    with pytest.raises(errors.MalformedError) as caught:
        parse_actor(they.person(preferredUsername=name))
    assert caught.value.code == "preferredUsername_bad"


@pytest.mark.parametrize(
    ("inbox", "code"),
    [
        (None, "inbox_missing"),
        ("x", "inbox_bad"),
        (f"{MALLORY}/inbox", "inbox_foreign"),
        ("https://remote.example:8443/inbox", "inbox_foreign"),
    ],
)
def test_an_inbox_must_be_at_home(inbox: Any, code: str) -> None:
    with pytest.raises(errors.MalformedError) as caught:
        parse_actor(they.person(inbox=inbox))
    assert caught.value.code == code


def test_endpoints_elsewhere_are_dropped() -> None:
    ana = parse_actor(
        they.person(
            outbox=f"{MALLORY}/outbox",
            followers=f"{MALLORY}/followers",
            endpoints={"sharedInbox": f"{MALLORY}/inbox"},
        )
    )
    assert (ana.outbox, ana.followers, ana.shared_inbox) == (None, None, None)


@pytest.mark.parametrize(
    "key",
    [
        {"id": f"{ANA}#main-key", "owner": MALLORY, "publicKeyPem": PEM},
        {"id": f"{MALLORY}#main-key", "owner": ANA, "publicKeyPem": PEM},
        {"id": f"{ANA}#main-key", "owner": ANA, "publicKeyPem": "x" * 9000},
        {"id": f"{ANA}#main-key", "owner": ANA, "publicKeyPem": None},
        {"owner": ANA, "publicKeyPem": PEM},
        f"{ANA}#main-key",
    ],
)
def test_a_key_of_somebody_else_is_none(key: Any) -> None:
    assert parse_actor(they.person(publicKey=key)).keys == ()


def test_several_keys_are_taken_up_to_five() -> None:
    keys = [{"id": f"{ANA}#{i}", "owner": ANA, "publicKeyPem": PEM} for i in range(9)]
    assert len(parse_actor(they.person(publicKey=keys)).keys) == 5


def test_the_widest_of_several_pictures_is_taken() -> None:
    icons = [{"type": "Image", "url": f"{REMOTE}/{width}.jpg", "width": width} for width in (48, 120, 60)]
    icon = parse_actor(they.person(icon=icons)).icon
    assert icon is not None
    assert icon.url == f"{REMOTE}/120.jpg"


def test_long_texts_are_cut() -> None:
    ana = parse_actor(
        they.person(name="a" * 900, attachment=[{"type": "PropertyValue", "name": "n", "value": "v"}] * 40)
    )
    assert (len(ana.name), len(ana.fields)) == (500, 16)


@given(st.sampled_from(sorted(they.person())), JSON)
def test_any_value_in_any_field_is_parsed_or_refused(field: str, value: Any) -> None:
    try:
        parse_actor(they.person(**{field: value}))
    except errors.MalformedError as error:
        assert error.status in (403, 422)
