"""RFC 9421 as others send it: what must be covered is, of several labels any that is good counts, and junk is a 4xx."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire import errors
from app.federation.wire.digests import check_content_digest, content_digest, digest
from app.federation.wire.signatures import (
    Form,
    PublicKey,
    SignedRequest,
    load_private_key,
    load_public_key,
    make_key_pair,
    parse_signatures,
    sign,
    verify,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CREATED = int(NOW.timestamp())
HOST = "ostiary.example"
BODY = b'{"type":"Create"}'
KEY_ID = "https://remote.example/users/ana#main-key"

PRIVATE_PEM, PUBLIC_PEM = make_key_pair()
RSA_KEY = serialization.load_pem_private_key(PRIVATE_PEM.encode(), None)
ANA = load_public_key(PUBLIC_PEM)
CURVE_KEY = ed25519.Ed25519PrivateKey.generate()
COVERED = '("@method" "@target-uri" "content-digest")'
BASE = {
    "@method": "POST",
    "@target-uri": f"https://{HOST}/inbox?x=1",
    "@authority": HOST,
    "@scheme": "https",
    "@request-target": "/inbox?x=1",
    "@path": "/inbox",
    "@query": "?x=1",
    "host": HOST,
    "date": "Sun, 01 Mar 2026 12:00:00 GMT",
    "digest": digest(BODY),
    "content-digest": content_digest(BODY),
}


def public(key: ed25519.Ed25519PrivateKey) -> PublicKey:
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return load_public_key(pem)


def made(covered: str, parameters: str, algorithm: str = "rsa-v1_5-sha256") -> tuple[str, str]:
    """Signature-Input's and Signature's value for a label, written out by hand after section 2.5."""
    names = [name.strip('"') for name in covered.strip("()").split()]
    base = "\n".join(f'"{name}": {BASE[name]}' for name in names) + f'\n"@signature-params": {covered}{parameters}'
    assert isinstance(RSA_KEY, rsa.RSAPrivateKey)
    if algorithm == "ed25519":
        signature = CURVE_KEY.sign(base.encode())
    elif algorithm == "rsa-pss-sha512":
        pss = padding.PSS(padding.MGF1(hashes.SHA512()), 64)
        signature = RSA_KEY.sign(base.encode(), pss, hashes.SHA512())
    else:
        signature = RSA_KEY.sign(base.encode(), padding.PKCS1v15(), hashes.SHA256())
    return covered + parameters, f":{base64.b64encode(signature).decode()}:"


def handmade(*labels: tuple[str, str]) -> SignedRequest:
    given = {name: value for name, value in BASE.items() if not name.startswith("@")}
    inputs = ", ".join(f"sig{place}={one[0]}" for place, one in enumerate(labels))
    signatures = ", ".join(f"sig{place}={one[1]}" for place, one in enumerate(labels))
    return SignedRequest("POST", "/inbox?x=1", {**given, "signature-input": inputs, "signature": signatures}, BODY)


def check(request: SignedRequest, key: PublicKey = ANA) -> str:
    return verify(request, key, now=NOW, expected_host=HOST).key_id


TOO_MANY = " ".join(f'"x{number}"' for number in range(33))
USUAL = f';created={CREATED};keyid="{KEY_ID}"'
GOOD = made(COVERED, USUAL)


def test_a_message_signed_as_mastodon_does_is_taken() -> None:
    assert check(handmade(GOOD)) == KEY_ID


def test_what_we_sign_is_what_we_would_take() -> None:
    private = load_private_key(PRIVATE_PEM)
    url = f"https://{HOST}/inbox?x=1"
    for method, body in (("POST", BODY), ("GET", None)):
        headers = sign(method, url, body, key_id=KEY_ID, private_key=private, now=NOW, form=Form.RFC9421)
        request = SignedRequest.of(method, "/inbox?x=1", headers.items(), body or b"")
        assert check(request) == KEY_ID
        assert parse_signatures(request)[0].form is Form.RFC9421


@pytest.mark.parametrize(
    "covered",
    [
        '("@method" "@authority" "@path" "@query" "content-digest")',
        '("content-digest" "@target-uri" "@method")',
        '("@method" "@request-target" "@scheme" "host" "digest")',
        '("@method" "@path" "@authority" "date" "digest" "content-digest")',
    ],
)
def test_what_is_covered_may_be_said_in_several_ways_and_orders(covered: str) -> None:
    check(handmade(made(covered, USUAL)))


@pytest.mark.parametrize("algorithm", ["rsa-v1_5-sha256", "rsa-pss-sha512", "ed25519"])
@pytest.mark.parametrize("named", [True, False])
def test_each_algorithm_is_verified_named_or_not(algorithm: str, named: bool) -> None:
    parameters = USUAL + (f';alg="{algorithm}"' if named else "")
    check(handmade(made(COVERED, parameters, algorithm)), public(CURVE_KEY) if algorithm == "ed25519" else ANA)


def test_an_algorithm_of_another_kind_of_key_proves_nothing() -> None:
    with pytest.raises(errors.ForgedError):
        check(handmade(made(COVERED, USUAL + ';alg="ed25519"', "ed25519")))
    with pytest.raises(errors.ForgedError):
        check(handmade(made(COVERED, USUAL + ';alg="rsa-pss-sha512"')))


def test_other_algorithms_are_refused() -> None:
    with pytest.raises(errors.AlgorithmError):
        check(handmade(made(COVERED, USUAL + ';alg="hmac-sha256"')))


@pytest.mark.parametrize("left_out", ["@method", "@target-uri", "content-digest"])
def test_each_component_that_counts_must_be_covered(left_out: str) -> None:
    covered = "(" + " ".join(name for name in COVERED.strip("()").split() if left_out not in name) + ")"
    with pytest.raises(errors.UnsignedHeaderError):
        check(handmade(made(covered, USUAL)))


@pytest.mark.parametrize("covered", ['("@method" "@authority" "content-digest")', '("@method" "@path" "content-digest")'])  # fmt: skip
def test_host_and_path_must_both_be_covered(covered: str) -> None:
    with pytest.raises(errors.UnsignedHeaderError):
        check(handmade(made(covered, USUAL)))


def test_a_message_without_a_time_is_refused() -> None:
    with pytest.raises(errors.UnsignedHeaderError):
        check(handmade(made(COVERED, f';keyid="{KEY_ID}"')))


def test_a_covered_date_may_stand_for_created() -> None:
    check(handmade(made('("@method" "@target-uri" "content-digest" "date")', f';keyid="{KEY_ID}"')))


@pytest.mark.parametrize("seconds", [-12 * 3600 - 1, 3601])
def test_a_message_from_outside_the_window_is_refused(seconds: int) -> None:
    with pytest.raises(errors.ClockError):
        check(handmade(made(COVERED, f';created={CREATED + seconds};keyid="{KEY_ID}"')))


def test_an_expired_message_is_refused() -> None:
    check(handmade(made(COVERED, USUAL + f";expires={CREATED + 60}")))
    with pytest.raises(errors.ClockError) as caught:
        check(handmade(made(COVERED, USUAL + f";expires={CREATED - 1}")))
    assert caught.value.code == "signature_expired"


def test_another_target_method_body_or_host_is_refused() -> None:
    request = handmade(GOOD)
    with pytest.raises(errors.ForgedError):
        check(replace(request, target="/users/ben/inbox"))
    with pytest.raises(errors.ForgedError):
        check(replace(request, target="/inbox"))
    with pytest.raises(errors.ForgedError):
        check(replace(request, method="PUT"))
    with pytest.raises(errors.DigestError):
        check(replace(request, body=b'{"type":"Delete"}'))
    with pytest.raises(errors.HostError):
        verify(request, ANA, now=NOW, expected_host="other.example")


def test_parameters_changed_after_signing_are_a_forgery() -> None:
    given, signature = GOOD
    with pytest.raises(errors.ForgedError):
        check(handmade((given.replace(f"created={CREATED}", f"created={CREATED + 1}"), signature)))


def test_of_several_labels_any_that_is_good_counts() -> None:
    unread = made(COVERED, USUAL + ';alg="hmac-sha256"')
    stale = made(COVERED, f';created={CREATED - 10**6};keyid="{KEY_ID}"')
    assert check(handmade(unread, stale, GOOD)) == KEY_ID


def test_a_fourth_label_is_not_looked_at() -> None:
    unread = made(COVERED, USUAL + ';alg="hmac-sha256"')
    with pytest.raises(errors.AlgorithmError):
        check(handmade(unread, unread, unread, GOOD))


@pytest.mark.parametrize(
    ("signature_input", "signature"),
    [
        ("sig1", "sig1=:AAAA:"),
        ("sig1=1", "sig1=:AAAA:"),
        (f"sig1={COVERED}{USUAL}", "sig2=:AAAA:"),
        (f"sig1={COVERED}{USUAL}", "sig1=AAAA"),
        (f"sig1={COVERED}{USUAL}", "sig1=::"),
        (f"sig1={COVERED}{USUAL}", 'keyId="https://remote.example/a",signature="AA=="'),
        (f"sig1={COVERED};created={CREATED}", "sig1=:AAAA:"),
        (f'sig1={COVERED};created=1.5;keyid="{KEY_ID}"', "sig1=:AAAA:"),
        (f'sig1={COVERED};created="1";keyid="{KEY_ID}"', "sig1=:AAAA:"),
        (f'sig1={COVERED};created=999999999999999;keyid="{KEY_ID}"', "sig1=:AAAA:"),
        (f'sig1={COVERED};keyid="javascript:1"', "sig1=:AAAA:"),
        (f'sig1=("@method" "@method"){USUAL}', "sig1=:AAAA:"),
        (f'sig1=("@query-param";name="x"){USUAL}', "sig1=:AAAA:"),
        (f'sig1=("@status"){USUAL}', "sig1=:AAAA:"),
        (f"sig1=(1 2){USUAL}", "sig1=:AAAA:"),
        (f"sig1=({TOO_MANY}){USUAL}", "sig1=:AAAA:"),
        (f"sig1={COVERED}{USUAL};x=@99999999999999", "sig1=:AAAA:"),
        ("sig1=" + "(" * 9000, "sig1=:AAAA:"),
    ],
)
def test_junk_is_a_400(signature_input: str, signature: str) -> None:
    with pytest.raises(errors.SignatureSyntaxError) as caught:
        check(replace(handmade(GOOD), headers={"signature-input": signature_input, "signature": signature}))
    assert caught.value.status == 400


@given(st.text(), st.text())
def test_no_headers_raise_anything_but_a_signature_error(signature_input: str, signature: str) -> None:
    with pytest.raises(errors.SignatureError):
        check(replace(handmade(GOOD), headers={"signature-input": signature_input, "signature": signature}))


def test_a_content_digest_may_be_sha_512() -> None:
    import hashlib

    value = base64.b64encode(hashlib.sha512(BODY).digest()).decode()
    check_content_digest(f"sha-512=:{value}:", BODY)
    with pytest.raises(errors.DigestError):
        check_content_digest(f"sha-512=:{value}:", b"another")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "digest_missing"),
        ("", "digest_algorithm"),
        ("sha-256=:AAAA:", "digest_mismatch"),
        ("sha-256=1", "digest_syntax"),
        ("sha-256=(1)", "digest_syntax"),
        ("md5=:AAAA:", "digest_algorithm"),
        ("sha-256=:%%:", "digest_syntax"),
        ("sha-256=:" + "A" * 2000 + ":", "digest_syntax"),
    ],
)
def test_a_content_digest_that_does_not_fit_is_refused(header: str | None, code: str) -> None:
    with pytest.raises(errors.DigestError) as caught:
        check_content_digest(header, BODY)
    assert caught.value.code == code


def test_a_message_may_be_older_while_its_date_is_within_the_window() -> None:
    old = CREATED - int(timedelta(hours=12).total_seconds())
    check(handmade(made(COVERED, f';created={old};keyid="{KEY_ID}"')))
