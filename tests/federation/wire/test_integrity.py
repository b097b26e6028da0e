"""JSON in its one spelling, and proofs over it: whatever is changed, added or left out, the proof is no proof any more."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire import documents, integrity
from app.federation.wire.canonical import canonical
from app.federation.wire.errors import ProofSyntaxError
from app.federation.wire.keys import (
    load_private_key,
    load_public_key,
    make_ed25519_key,
    make_key_pair,
    multikey_of,
    pem_of_multikey,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANA = load_private_key(make_ed25519_key())
ANA_PUBLIC = load_public_key(pem_of_multikey(multikey_of(ANA)))
BEN_PUBLIC = load_public_key(pem_of_multikey(multikey_of(load_private_key(make_ed25519_key()))))
KEY = "https://far.example/users/ana#ed25519-key"
LIKE: dict[str, Any] = {
    "@context": "https://www.w3.org/ns/activitystreams",
    "id": "https://far.example/likes/1",
    "type": "Like",
    "actor": "https://far.example/users/ana",
    "object": {"id": "https://ostiary.example/notes/1", "width": 4.5, "tag": [1, {"name": "€"}]},
}


@pytest.mark.parametrize(
    ("bits", "spelt"),
    [  # RFC 8785, appendix B
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("c340000000000000", "-9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"),
        ("44b52d02c7e14af7", "1.0000000000000001e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef4f", "999999999999999900000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("41b3de4355555557", "333333333.33333343"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)
def test_numbers_are_spelt_as_the_rfc_has_them(bits: str, spelt: str) -> None:
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(value) == spelt.encode()


def test_the_example_of_the_rfc_is_spelt_as_there() -> None:
    given_ = orjson.loads(
        r"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"""
    )
    spelt = (
        r'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        r'"string":"€$\u000f\nA' + r"'B\"\\\\\"/" + '"}'
    )
    assert canonical(given_).decode() == spelt


def test_names_are_sorted_by_their_utf_16_units() -> None:
    names = ["€", "\r", "\ufb33", "1", "😀", "\x80", "ö"]
    assert list(orjson.loads(canonical(dict.fromkeys(names, 0)))) == ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, -(2**60), {"a": [2**64 - 1]}, object()])
def test_what_has_no_one_spelling_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        canonical(value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)  # fmt: skip


@given(_JSON)
def test_the_one_spelling_means_the_same_and_is_its_own(value: Any) -> None:
    again = orjson.loads(canonical(value))
    assert again == value and canonical(again) == canonical(value)


def made(document: dict[str, Any] = LIKE) -> dict[str, Any]:
    return integrity.sign(document, KEY, ANA, NOW)


def holds(document: dict[str, Any]) -> bool:
    (proof,) = integrity.read(document)
    return integrity.is_made_by(ANA_PUBLIC, document, proof)


def test_what_ana_proved_is_hers_and_nobody_elses() -> None:
    document = made()
    assert holds(document) and holds(documents.load(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)))
    (proof,) = integrity.read(document)
    assert (proof.key_id, proof.created) == (KEY, NOW)
    assert not integrity.is_made_by(BEN_PUBLIC, document, proof)
    assert not integrity.is_made_by(load_public_key(make_key_pair()[1]), document, proof)


@pytest.mark.parametrize(
    "changed",
    [
        {"object": "https://ostiary.example/notes/2"},
        {"actor": "https://far.example/users/ben"},
        {"id": "https://far.example/likes/2"},
        {"content": "more"},
        {"width": 2**70},
        {"width": 1e999},
        {"@context": "https://www.w3.org/ns/activitystreams"},
        {"@context": [integrity.CONTEXT, "https://www.w3.org/ns/activitystreams"]},
    ],
)
def test_whatever_is_changed_or_added_is_not_proved(changed: dict[str, Any]) -> None:
    assert not holds({**made(), **changed})


@pytest.mark.parametrize("name", sorted(set(LIKE)))
def test_whatever_is_left_out_is_not_proved(name: str) -> None:
    assert not holds({key: value for key, value in made().items() if key != name})


@pytest.mark.parametrize(
    "changed",
    [{"created": "2026-03-01T12:00:01Z"}, {"expires": "2027-01-01T00:00:00Z"}, {"verificationMethod": KEY + "2"}],
)
def test_the_proofs_own_words_are_proved_as_well(changed: dict[str, Any]) -> None:
    document = made()
    assert not holds({**document, "proof": {**document["proof"], **changed}})


def test_of_a_member_given_twice_it_is_the_one_that_counts_that_is_proved() -> None:
    body = orjson.dumps(made())
    forged = body.replace(b'"type":"Like"', b'"type":"Like","type":"Delete"')
    hidden = body.replace(b'"type":"Like"', b'"type":"Delete","type":"Like"')
    assert documents.load(forged)["type"] == "Delete" and not holds(documents.load(forged))
    assert documents.load(hidden)["type"] == "Like" and holds(documents.load(hidden))


def test_a_linked_data_signature_may_come_after_the_proof_or_before_it() -> None:
    signature = {"signature": {"type": "RsaSignature2017", "signatureValue": "AA=="}}
    assert holds(made() | signature) and holds(made({**LIKE, **signature}))
    assert not holds(made() | signature | {"object": "https://ostiary.example/notes/2"})


def test_a_proof_under_the_documents_context_need_not_repeat_it() -> None:
    document = made()
    del document["proof"]["@context"]
    assert holds(document)
    assert not holds({**document, "@context": "https://www.w3.org/ns/activitystreams"})


@pytest.mark.parametrize(
    "changed",
    [
        {"proofPurpose": "authentication"},
        {"previousProof": "urn:uuid:1"},
        {"verificationMethod": "did:key:z6Mk"},
        {"verificationMethod": [KEY]},
        {"created": None},
        {"created": "yesterday"},
        {"expires": "never"},
        {"proofValue": None},
        {"proofValue": "u" + "A" * 86},
        {"proofValue": "z0OIl"},
        {"proofValue": "z" + "1" * 5000},
        {"proofValue": "z3"},
    ],
)
def test_a_proof_that_can_not_be_read_is_a_400(changed: dict[str, Any]) -> None:
    document = made()
    with pytest.raises(ProofSyntaxError) as caught:
        integrity.read({**document, "proof": {**document["proof"], **changed}})
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "proof", [None, [], "z3", 7, {}, {"type": "RsaSignature2017"}, [{"type": "DataIntegrityProof"}]]
)
def test_other_proofs_are_none(proof: Any) -> None:
    assert integrity.read({**LIKE, "proof": proof}) == ()


@given(_JSON)
def test_no_proof_raises_anything_but_a_syntax_error(value: Any) -> None:
    document = made()
    for broken in ({**document, "proof": value}, {**document, "proof": {**document["proof"], "created": value}}):
        try:
            found = integrity.read(broken)
        except ProofSyntaxError:
            continue
        assert not any(integrity.is_made_by(ANA_PUBLIC, broken, one) for one in found)
