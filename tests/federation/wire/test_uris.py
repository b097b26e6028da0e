"""A URI has one host, in one spelling, or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire.uris import normal_host, origin, same_origin


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://remote.example/users/ana", "remote.example"),
        ("HTTPS://Remote.Example", "remote.example"),
        ("https://remote.example:443/a", "remote.example"),
        ("http://remote.example:80/a", "remote.example"),
        ("http://localhost:8000/a?b#c", "localhost:8000"),
        ("https://remote.example:0443/a", "remote.example"),
        ("https://remote.example?author=0", "remote.example"),
        ("https://bücher.example/ö", "xn--bcher-kva.example"),
        ("https://[2001:DB8::1]:8443/a", "[2001:db8::1]:8443"),
        ("http://127.0.0.1:3000/", "127.0.0.1:3000"),
    ],
)
def test_the_origin_is_host_and_port_in_one_spelling(uri: str, expected: str) -> None:
    assert origin(uri) == expected


@pytest.mark.parametrize(
    "uri",
    [
        "", "remote.example", "//remote.example/a", "ftp://remote.example/a", "javascript:alert(1)", "https://",
        "https:///a", "https://ana@remote.example/", "https://ana:pw@remote.example/", "https://remote.example./",
        "https://remote.example:/", "https://remote.example:0/", "https://remote.example:65536/", "https://re mote.example/",
        "https://remote.example/a b", "https://remote.example/a\n", "https://remote.example/\x00", 'https://remote.example/"',
        "https://remote.example/<", "https://remote.example\\@villain.example/", "https://-a.example/", "https://a..example/",
        "https://remote.example:８０/", "https://[::1", "https://[x]/", "https://[::1]x/", "https://" + "a" * 64 + ".example/",
        "https://remote.example/" + "a" * 2048,
    ],
)  # fmt: skip
def test_odd_uris_have_no_origin(uri: str) -> None:
    assert origin(uri) is None
    assert not same_origin(uri, uri)


def test_ports_and_hosts_make_an_origin_and_schemes_do_not() -> None:
    assert same_origin("https://remote.example/a", "http://REMOTE.example:80/b")
    assert not same_origin("https://remote.example/a", "https://remote.example:8443/a")
    assert not same_origin("https://remote.example/", "https://sub.remote.example/")


@given(st.text())
def test_a_normal_host_is_its_own_normal_form(text: str) -> None:
    host = normal_host(text)
    assert host is None or normal_host(host) == host
