"""WebFinger, host-meta, NodeInfo and collections, both ways."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire import discovery, errors, render
from app.federation.wire.actors import parse_actor
from app.federation.wire.values import Collection, Usage
from tests.federation.wire import documents as they
from tests.federation.wire.documents import ANA, NOTE_URI, REMOTE
from tests.federation.wire.test_parse import JSON

USAGE = Usage(version="1.0", open_registrations=True, users=3, active_month=2, active_halfyear=3, posts=40)


@pytest.mark.parametrize(
    ("handle", "parts"),
    [
        ("ana@remote.example", ("ana", "remote.example")),
        ("@Ana@Remote.Example", ("Ana", "remote.example")),
        ("acct:ana@localhost:8000", ("ana", "localhost:8000")),
        ("@ana@bücher.example", ("ana", "xn--bcher-kva.example")),
    ],
)
def test_a_handle_has_a_name_and_a_domain(handle: str, parts: tuple[str, str]) -> None:
    assert discovery.split_handle(handle) == parts


@pytest.mark.parametrize(
    "handle",
    [
        "",
        "ana",
        "@ana",
        "ana@",
        "ana@remote.example/x",
        "a b@remote.example",
        "ana@re mote",
        "ana@remote.example@x",
        "ana@.example",
    ],
)
def test_what_is_no_handle_is_refused(handle: str) -> None:
    with pytest.raises(errors.MalformedError):
        discovery.webfinger_url(handle)


def test_webfinger_is_asked_at_the_domain() -> None:
    assert (
        discovery.webfinger_url("@ana@remote.example")
        == "https://remote.example/.well-known/webfinger?resource=acct:ana@remote.example"
    )


def test_our_webfinger_is_one_that_we_would_read() -> None:
    document = render.webfinger("ana@remote.example", parse_actor(they.person()))
    read = discovery.parse_webfinger(document)
    assert (read.subject, read.actor_uri) == ("ana@remote.example", ANA)
    assert read.aliases == (f"{REMOTE}/@ana", ANA)


@given(st.dictionaries(st.sampled_from(["subject", "links", "aliases"]), JSON))
def test_any_jrd_is_read_or_refused(document: dict[str, Any]) -> None:
    with pytest.raises(errors.MalformedError):
        discovery.parse_webfinger(document)


def test_host_meta_is_xml_that_leads_to_webfinger() -> None:
    root = ElementTree.fromstring(render.host_meta("https://ostiary.example"))
    assert root[0].attrib["template"] == "https://ostiary.example/.well-known/webfinger?resource={uri}"
    assert render.host_meta_json("https://ostiary.example")["links"][0]["template"].endswith("{uri}")


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_nodeinfo_is_found_and_names_its_software(version: str) -> None:
    index = discovery.nodeinfo_index("https://ostiary.example")
    assert discovery.nodeinfo_url(index) == "https://ostiary.example/nodeinfo/2.1"
    document = discovery.nodeinfo(USAGE, version)
    assert (document["version"], document["usage"]["users"]["total"]) == (version, 3)
    assert discovery.software(document) == ("ostiary", "1.0")


def test_other_versions_of_nodeinfo_do_not_exist() -> None:
    with pytest.raises(ValueError, match=r"3\.0"):
        discovery.nodeinfo(USAGE, "3.0")


@given(JSON)
def test_any_nodeinfo_is_read(value: Any) -> None:
    assert discovery.software({"software": {"name": value}})[0].isascii()
    assert discovery.nodeinfo_url({"links": value}) is None


def test_our_collections_are_ones_that_we_would_read() -> None:
    whole = discovery.parse_collection(render.collection(f"{ANA}/outbox", 40, f"{ANA}/outbox?page=1"))
    assert whole == Collection(f"{ANA}/outbox", total=40, first=f"{ANA}/outbox?page=1")
    page = render.page(
        f"{ANA}/outbox?page=1",
        f"{ANA}/outbox",
        [NOTE_URI, they.note(id=f"{ANA}/2")],
        following=f"{ANA}/outbox?page=2",
    )
    assert discovery.parse_collection(page) == Collection(
        f"{ANA}/outbox?page=1", (NOTE_URI, f"{ANA}/2"), next=f"{ANA}/outbox?page=2"
    )


def test_an_embedded_first_page_is_read_at_once() -> None:
    document = {
        "id": f"{ANA}/replies",
        "type": "Collection",
        "first": {"type": "CollectionPage", "items": [NOTE_URI], "next": f"{ANA}/replies?2"},
    }
    assert discovery.parse_collection(document) == Collection(f"{ANA}/replies", (NOTE_URI,), next=f"{ANA}/replies?2")


@given(st.dictionaries(st.sampled_from(["id", "type", "items", "orderedItems", "first", "next", "totalItems"]), JSON))
def test_any_collection_is_read_or_refused(document: dict[str, Any]) -> None:
    for changes in ({}, {"type": "Collection", "id": ANA}):
        try:
            discovery.parse_collection({**document, **changes})
        except errors.MalformedError as error:
            assert error.code
