"""What clients send means the same as JSON, as a form of either kind, and in the address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.mastodon import params
from app.sent import SentRequest
from tests.app.mastodon.people import Person

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=8)
GROUPS = st.lists(
    st.builds(
        lambda first, more: {"id": first, **more},
        TEXT,
        st.dictionaries(st.sampled_from(["keyword", "name", "value"]), TEXT)
        | st.fixed_dictionaries({"tags": st.lists(TEXT, min_size=1, max_size=3)})
        | st.fixed_dictionaries({"source": st.dictionaries(st.sampled_from(["a", "b"]), TEXT, min_size=1)}),
    ),
    min_size=1,
    max_size=5,
)
"""Groups that begin with the same name, as forms have to."""


def pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """A value under the names that Rails gives it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from pairs(f"{name}[{key}]", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from pairs(f"{name}[]", inner)
    else:
        yield name, value


def read(sent: dict[str, Any]) -> Any:
    """What arrives of a request."""
    app = Flask(__name__)
    app.request_class = SentRequest
    with app.test_request_context("/", method="POST", **sent):
        return params.sent().values


def multipart(named: list[tuple[str, str]]) -> dict[str, Any]:
    """A form with parts, in this order."""
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in named]
    return {"data": ("".join(parts) + "--x--\r\n").encode(), "content_type": "multipart/form-data; boundary=x"}


@given(GROUPS)
def test_lists_of_groups_arrive_alike_in_every_form(groups: list[dict[str, Any]]) -> None:
    wanted = {"fields": groups}
    named = list(pairs("fields", groups))
    assert read({"json": wanted}) == wanted
    assert read({"data": urlencode(named), "content_type": "application/x-www-form-urlencoded"}) == wanted
    assert read({"query_string": urlencode(named)}) == wanted
    assert read(multipart(named)) == wanted


def test_a_group_begins_where_a_name_comes_again() -> None:
    found = read({"query_string": "x[][b]=1&x[][a]=2&x[][a]=3&x[][b]=4&x[][t][]=5&x[][t][]=6&x[][b]=7"})
    assert found == {"x": [{"b": "1", "a": "2"}, {"a": "3", "b": "4", "t": ["5", "6"]}, {"b": "7"}]}


@pytest.mark.one_database
def test_a_filter_takes_all_its_words_from_a_form(ana: Person) -> None:
    form = "title=Words&context[]=home&keywords_attributes[][keyword]=aaa&keywords_attributes[][keyword]=bbb"
    answer = ana.post("/api/v2/filters", data=form, content_type="application/x-www-form-urlencoded")
    assert [one["keyword"] for one in answer.json["keywords"]] == ["aaa", "bbb"]


@pytest.mark.one_database
def test_fields_of_a_profile_are_all_taken_from_a_form(ana: Person) -> None:
    form = "&".join(f"fields_attributes[][name]=n{i}&fields_attributes[][value]=v{i}" for i in range(2))
    path = "/api/v1/accounts/update_credentials"
    answer = ana.send("PATCH", path, data=form, content_type="application/x-www-form-urlencoded")
    assert [one["name"] for one in answer.json["source"]["fields"]] == ["n0", "n1"]
