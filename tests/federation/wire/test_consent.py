"""What others say of quotes, and of who may do what: whatever it is, a bounded value comes out or it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire import consent, fields
from app.federation.wire.consent import MOST_NAMED
from app.federation.wire.errors import MalformedError
from app.federation.wire.values import PUBLIC, InteractionPolicy, Permission, Quote

URI = "https://near.example/1"
STAMP = "https://near.example/stamps/1"
words = st.sampled_from([URI, PUBLIC, "as:Public", "", "x" * 3000, "Link", "RE: this", "application/activity+json"])
names = st.sampled_from(
    (
        *("quote", "quoteUrl", "quoteAuthorization", "tag", "type", "href", "rel", "name", "id", "mediaType"),
        *("canQuote", "canLike", "automaticApproval", "manualApproval", "always", "approvalRequired"),
    )
)
anything = st.recursive(
    st.none() | st.booleans() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5),
    max_leaves=12,
)


@given(st.dictionaries(names, anything, max_size=8))
def test_anything_in_any_place_is_read_or_refused(doc: dict[str, Any]) -> None:
    quote, policy = consent.parse_quote(doc), consent.parse_policy(doc)
    assert quote is None or fields.uri(quote.uri) == quote.uri
    for one in (policy.quote, policy.like) if policy else ():
        assert one is None or len(one.automatic + one.manual) <= 2 * MOST_NAMED
    with pytest.raises(MalformedError):
        consent.parse_authorization(doc)


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ({"quote": URI, "quoteAuthorization": STAMP, "quoteUrl": STAMP}, Quote(URI, STAMP)),
        ({"quote": {"type": "Tombstone"}}, None),
        ({"quote": "nonsense", "quoteUri": URI}, Quote(URI, legacy=True)),
        ({"tag": {"type": "Link", "mediaType": "application/activity+json", "href": URI, "name": "RE: x"}}, Quote(URI, legacy=True)),
        ({"tag": [{"type": "Link", "mediaType": "text/html", "href": URI, "name": "RE: x"}]}, None),
        ({"tag": [{"type": "Mention", "href": URI, "name": "RE: x"}]}, None),
    ],
)  # fmt: skip
def test_a_quote_is_found_by_the_names_that_others_use(doc: dict[str, Any], expected: Quote | None) -> None:
    assert consent.parse_quote(doc) == expected


def test_the_newer_names_of_a_policy_win() -> None:
    both = {
        "canLike": {"always": [PUBLIC], "automaticApproval": [], "approvalRequired": [PUBLIC], "manualApproval": URI}
    }
    assert consent.parse_policy(both) == InteractionPolicy(like=Permission((), (URI,)))


@pytest.mark.parametrize("field", ["name", "summary", "content"])
def test_the_language_is_that_of_whatever_map_there_is(field: str) -> None:
    assert fields.language({field + "Map": {"de": "Guten Tag"}}) == "de"
    assert fields.mapped_text({field + "Map": {"de": "Guten Tag"}}, field, 100) == "Guten Tag"
