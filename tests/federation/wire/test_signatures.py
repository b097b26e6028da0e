"""A signature proves who sent what, when and to whom, or it is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire import base58, errors
from app.federation.wire.keys import PrivateKey, make_ed25519_key, multikey_of, pem_of_multikey
from app.federation.wire.signatures import (
    Form,
    SignedRequest,
    check_digest,
    digest,
    load_private_key,
    load_public_key,
    make_key_pair,
    parse_signatures,
    sign,
    verify,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
INBOX = "https://ostiary.example/inbox?x=1"
HOST = "ostiary.example"
BODY = b'{"type":"Create"}'
KEY_ID = "https://remote.example/users/ana#main-key"

PRIVATE_PEM, PUBLIC_PEM = make_key_pair()
ANA = load_private_key(PRIVATE_PEM)
ANA_PUBLIC = load_public_key(PUBLIC_PEM)
ANA_RSA = serialization.load_pem_private_key(PRIVATE_PEM.encode(), None)
assert isinstance(ANA_RSA, rsa.RSAPrivateKey)
MALLORY = load_private_key(make_key_pair()[0])


def signed(method: str = "POST", body: bytes | None = BODY, key: PrivateKey = ANA, at: datetime = NOW) -> SignedRequest:
    headers = sign(method, INBOX, body, key_id=KEY_ID, private_key=key, now=at)
    return SignedRequest.of(method, "/inbox?x=1", headers.items(), body or b"")


def handmade(
    names: str,
    headers: dict[str, str],
    *,
    algorithm: str = "hs2019",
    extra: str = "",
    sha: hashes.HashAlgorithm | None = None,
) -> SignedRequest:
    """A request signed by ana over exactly these lines; pseudo-headers are given among the headers."""
    lines = "\n".join(f"{name}: {headers[name]}" for name in names.split())
    made = ANA_RSA.sign(lines.encode(), padding.PKCS1v15(), sha or hashes.SHA256())
    import base64

    value = f'keyId="{KEY_ID}",algorithm="{algorithm}",headers="{names}",{extra}signature="{base64.b64encode(made).decode()}"'
    real = {name: value for name, value in headers.items() if not name.startswith("(")}
    return SignedRequest("POST", "/inbox", {**real, "signature": value}, BODY)


def lines(**more: str) -> dict[str, str]:
    return {
        "(request-target)": "post /inbox",
        "host": HOST,
        "date": "Sun, 01 Mar 2026 12:00:00 GMT",
        "digest": digest(BODY),
        **more,
    }


def check(request: SignedRequest, now: datetime = NOW, host: str = HOST) -> None:
    verify(request, ANA_PUBLIC, now=now, expected_host=host)


def without(request: SignedRequest, name: str) -> SignedRequest:
    return replace(request, headers={k: v for k, v in request.headers.items() if k != name})


def with_header(request: SignedRequest, name: str, value: str) -> SignedRequest:
    return replace(request, headers={**request.headers, name: value})


def test_what_ana_signed_is_hers() -> None:
    assert verify(signed(), ANA_PUBLIC, now=NOW, expected_host=HOST).key_id == KEY_ID


def test_a_get_needs_no_digest() -> None:
    check(signed("GET", None))


def test_a_forged_signature_is_refused() -> None:
    with pytest.raises(errors.ForgedError):
        check(signed(key=MALLORY))


def test_another_path_is_refused() -> None:
    with pytest.raises(errors.ForgedError):
        check(replace(signed(), target="/users/ben/inbox"))


def test_another_method_is_refused() -> None:
    with pytest.raises(errors.ForgedError):
        check(replace(signed(), method="PUT"))


def test_another_body_is_refused() -> None:
    with pytest.raises(errors.DigestError) as caught:
        check(replace(signed(), body=b'{"type":"Delete"}'))
    assert caught.value.code == "digest_mismatch"


def test_another_body_with_its_own_digest_is_refused() -> None:
    other = b'{"type":"Delete"}'
    with pytest.raises(errors.ForgedError):
        check(with_header(replace(signed(), body=other), "digest", digest(other)))


def test_a_body_without_a_digest_is_refused() -> None:
    with pytest.raises(errors.DigestError) as caught:
        check(without(signed(), "digest"))
    assert caught.value.code == "digest_missing"


def test_a_post_without_a_body_needs_its_digest_too() -> None:
    request = signed("GET", None)
    with pytest.raises(errors.UnsignedHeaderError):
        check(replace(request, method="POST"))


def test_a_body_smuggled_into_a_get_is_refused() -> None:
    with pytest.raises(errors.UnsignedHeaderError):
        check(replace(signed("GET", None), body=b"{}"))


def test_an_unsigned_request_is_refused() -> None:
    with pytest.raises(errors.MissingSignatureError) as caught:
        check(without(signed(), "signature"))
    assert (caught.value.status, caught.value.code) == (401, "signature_missing")


@pytest.mark.parametrize("left_out", ["(request-target)", "host", "date", "digest"])
def test_each_header_that_counts_must_be_signed(left_out: str) -> None:
    names = " ".join(name for name in lines() if name != left_out)
    with pytest.raises(errors.UnsignedHeaderError):
        check(handmade(names, lines()))


def test_a_signed_header_that_is_not_there_is_refused() -> None:
    request = handmade("(request-target) host date digest x-more", lines(**{"x-more": "1"}))
    check(request)
    with pytest.raises(errors.MissingHeaderError):
        check(without(request, "x-more"))


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "ostiary.example:444", "ostiary.example.", "", "ostiary.example, elsewhere.example"]
)
def test_a_request_for_another_host_is_refused(host: str) -> None:
    with pytest.raises(errors.HostError):
        check(handmade("(request-target) host date digest", lines(host=host)))


@pytest.mark.parametrize("host", ["ostiary.example", "OSTIARY.example", "ostiary.example:443"])
def test_our_host_is_ours_in_every_spelling(host: str) -> None:
    check(handmade("(request-target) host date digest", lines(host=host)))


def test_a_host_with_a_port_is_ours_only_with_it() -> None:
    check(handmade("(request-target) host date digest", lines(host="localhost:8000")), host="localhost:8000")
    with pytest.raises(errors.HostError):
        check(handmade("(request-target) host date digest", lines(host="localhost")), host="localhost:8000")


@pytest.mark.parametrize("age", [timedelta(hours=12), timedelta(0), timedelta(hours=-1)])
def test_a_date_within_the_window_is_taken(age: timedelta) -> None:
    check(signed(at=NOW - age))


@pytest.mark.parametrize("age", [timedelta(hours=12, seconds=1), timedelta(days=400), timedelta(hours=-1, seconds=-1)])
def test_a_request_replayed_outside_the_window_is_refused(age: timedelta) -> None:
    with pytest.raises(errors.ClockError):
        check(signed(at=NOW - age))


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "2026-03-01T12:00:00Z",
        "Sun, 31 Feb 2026 12:00:00 GMT",
        "Sun, 01 Mär 2026 12:00:00 GMT",
        "Sun, 01 Mar 2026 12:00:00 +0900",
    ],
)
def test_a_date_that_is_none_is_refused(date: str) -> None:
    with pytest.raises(errors.ClockError):
        check(handmade("(request-target) host date digest", lines(date=date)))


def at(seconds: int) -> str:
    return str(int(NOW.timestamp()) + seconds)


def by_created(created: str, more: str = "", algorithm: str = "hs2019") -> SignedRequest:
    names = "(request-target) (created) host digest"
    return handmade(names, lines(**{"(created)": created}), extra=f"created={created},{more}", algorithm=algorithm)


def test_created_may_stand_for_the_date() -> None:
    check(by_created(at(-60)))


@pytest.mark.parametrize("created", [at(-12 * 3600 - 1), at(3601), "99999999999", "-99999999999"])
def test_created_outside_the_window_is_refused(created: str) -> None:
    with pytest.raises(errors.ClockError):
        check(by_created(created))


@pytest.mark.parametrize("created", ["1e9", "nan", "inf", "1.5", "--1", ""])
def test_created_that_is_no_number_is_refused(created: str) -> None:
    with pytest.raises(errors.SignatureSyntaxError):
        check(by_created(f'"{created}"'))


def test_created_that_is_signed_but_not_given_is_refused() -> None:
    with pytest.raises(errors.SignatureSyntaxError):
        check(handmade("(request-target) (created) host digest", lines(**{"(created)": at(0)})))


def test_created_belongs_to_hs2019_only() -> None:
    with pytest.raises(errors.AlgorithmError):
        check(by_created(at(0), algorithm="rsa-sha256"))


def test_an_expired_signature_is_refused() -> None:
    check(by_created(at(-60), more=f"expires={at(60)},"))
    with pytest.raises(errors.ClockError) as caught:
        check(by_created(at(-60), more=f"expires={at(-1)},"))
    assert caught.value.code == "signature_expired"


def test_hs2019_is_read_with_sha_512_as_well() -> None:
    check(handmade("(request-target) host date digest", lines(), sha=hashes.SHA512()))
    with pytest.raises(errors.ForgedError):
        check(handmade("(request-target) host date digest", lines(), sha=hashes.SHA512(), algorithm="rsa-sha256"))


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "rsa-sha1", "none", ""])
def test_other_algorithms_are_refused(algorithm: str) -> None:
    with pytest.raises(errors.AlgorithmError):
        check(handmade("(request-target) host date digest", lines(), algorithm=algorithm))


def two(*pairs: tuple[str, str]) -> SignedRequest:
    """A request with its signatures in headers of their own, or in one."""
    return SignedRequest.of("POST", "/inbox", pairs, BODY)


def test_of_several_signatures_any_that_is_good_counts() -> None:
    good = handmade("(request-target) host date digest", lines())
    headers = [(name, value) for name, value in good.headers.items() if name != "signature"]
    signature = good.headers["signature"]
    unread = signature.replace("hs2019", "hmac-sha256")
    too_little = signature.replace("(request-target) host date digest", "host date")
    half = f'keyId="{KEY_ID}"'
    missing = signature.replace("date digest", "date digest x-not-sent")
    for other in (unread, too_little, half, missing, signature.replace("date digest", "digest date")):
        check(two(*headers, ("Signature", other), ("Signature", signature)))
        check(two(*headers, ("Signature", f"{signature},{other}")))
    with pytest.raises(errors.AlgorithmError):
        check(two(*headers, *[("Signature", unread)] * 3, ("Signature", signature)))


def test_of_several_labels_any_that_is_good_counts() -> None:
    made = sign("POST", INBOX, BODY, key_id=KEY_ID, private_key=ANA, now=NOW, form=Form.RFC9421)
    missing = made["Signature-Input"].replace("sig1", "sig0").replace('"@method"', '"@method" "x-not-sent"')
    other = made["Signature"].replace("sig1", "sig0")
    rest = [(name, value) for name, value in made.items() if not name.startswith("Signature")]
    for inputs, values in (
        (f"{missing}, {made['Signature-Input']}", f"{other}, {made['Signature']}"),
        (f"{made['Signature-Input']}, {missing}", f"{made['Signature']}, {other}"),
    ):
        headers = [*rest, ("Signature-Input", inputs), ("Signature", values)]
        check(SignedRequest.of("POST", "/inbox?x=1", headers, BODY))
    with pytest.raises(errors.MissingHeaderError):
        check(SignedRequest.of("POST", "/inbox?x=1", [*rest, ("Signature-Input", missing), ("Signature", other)], BODY))


def test_the_order_of_what_is_signed_is_the_senders_choice() -> None:
    for names in ("digest date host (request-target)", "date (request-target) digest host"):
        check(handmade(names, lines()))


def test_a_query_may_be_signed_or_left_out() -> None:
    whole = handmade("(request-target) host date digest", lines(**{"(request-target)": "post /inbox?page=2"}))
    bare = handmade("(request-target) host date digest", lines())
    check(replace(whole, target="/inbox?page=2"))
    check(replace(bare, target="/inbox?page=2"))
    with pytest.raises(errors.ForgedError):
        check(replace(whole, target="/inbox?page=3"))
    with pytest.raises(errors.ForgedError):
        check(replace(whole, target="/inbox"))


def test_an_ed25519_key_signs_as_hs2019() -> None:
    key = make_ed25519_key()
    headers = sign("POST", INBOX, BODY, key_id=KEY_ID, private_key=load_private_key(key), now=NOW)
    request = SignedRequest.of("POST", "/inbox?x=1", headers.items(), BODY)
    public = load_public_key(pem_of_multikey(multikey_of(load_private_key(key))))
    verify(request, public, now=NOW, expected_host=HOST)
    with pytest.raises(errors.ForgedError):
        check(request)


def test_expires_may_be_signed() -> None:
    names = "(request-target) (created) (expires) host digest"
    given = lines(**{"(created)": at(-60), "(expires)": at(60)})
    check(handmade(names, given, extra=f"created={at(-60)},expires={at(60)},"))
    with pytest.raises(errors.ForgedError):
        check(handmade(names, given, extra=f"created={at(-60)},expires={at(600)},"))


def test_a_multikey_is_the_one_that_fep_521a_gives_as_an_example() -> None:
    pem = pem_of_multikey("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2")
    assert load_public_key(pem).bits == 256


@given(st.text(max_size=200))
def test_junk_is_no_multikey(junk: str) -> None:
    with pytest.raises(errors.PublicKeyError):
        pem_of_multikey(junk)


@given(st.binary(max_size=64))
def test_base58_comes_back_as_it_went(data: bytes) -> None:
    assert base58.decode(base58.encode(data)) == data


def test_a_header_that_came_twice_is_refused() -> None:
    pairs = [*signed().headers.items(), ("Host", HOST)]
    with pytest.raises(errors.MissingHeaderError):
        SignedRequest.of("POST", "/inbox?x=1", pairs, BODY)


def test_other_headers_that_came_twice_are_joined() -> None:
    request = SignedRequest.of("get", "/", [("Via", "a"), ("via", "b")])
    assert (request.method, request.headers["via"]) == ("GET", "a, b")


@pytest.mark.parametrize(
    "header",
    [
        "x",
        "keyId=",
        'keyId="https://remote.example/a",signature="AA=="junk',
        'keyId="https://remote.example/a",signature="***"',
        'keyId="https://remote.example/a",signature=""',
        'keyId="https://remote.example/a"',
        'keyId="javascript:alert(1)",signature="AA=="',
        'keyId="https://ana:secret@remote.example/a",signature="AA=="',
        'keyId="https://remote.example/a",headers="host host",signature="AA=="',
        'keyId="https://remote.example/a",headers="ho\tst",signature="AA=="',
        'keyId="https://remote.example/a",headers="(other)",signature="AA=="',
        f'keyId="https://remote.example/a",headers="{" ".join(f"x{i}" for i in range(33))}",signature="AA=="',
        f'keyId="https://remote.example/{"a" * 9000}",signature="AA=="',
    ],
)
def test_junk_in_the_header_is_a_400(header: str) -> None:
    with pytest.raises(errors.SignatureSyntaxError) as caught:
        parse_signatures(SignedRequest("POST", "/inbox", {"signature": header}, BODY))
    assert caught.value.status == 400


@given(st.text())
def test_no_header_raises_anything_but_a_signature_error(header: str) -> None:
    with pytest.raises(errors.SignatureError):
        parse_signatures(SignedRequest("POST", "/inbox", {"signature": header}, BODY))


@given(st.dictionaries(st.sampled_from(["signature", "host", "date", "digest"]), st.text()), st.binary())
def test_no_request_raises_anything_but_a_signature_error(headers: dict[str, str], body: bytes) -> None:
    good = signed().headers
    with pytest.raises(errors.SignatureError):
        check(SignedRequest("POST", "/users/ben/inbox", {**good, **headers}, body))


@pytest.mark.parametrize(
    "header",
    [
        digest(BODY),
        digest(BODY).replace("SHA-256", "sha-256"),
        "SHA-512=AAAA," + digest(BODY),
        digest(BODY) + ", unixsum=30637",
    ],
)
def test_a_digest_is_found_in_every_spelling(header: str) -> None:
    check_digest(header, BODY)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "digest_missing"),
        ("", "digest_algorithm"),
        ("MD5=AAAA", "digest_algorithm"),
        ("SHA-256=", "digest_mismatch"),
        ("SHA-256=%%%", "digest_syntax"),
        (digest(BODY) + ",SHA-256=AAAA", "digest_mismatch"),
        ("SHA-256=" + "A" * 2000, "digest_syntax"),
    ],
)
def test_a_digest_that_does_not_fit_is_refused(header: str | None, code: str) -> None:
    with pytest.raises(errors.DigestError) as caught:
        check_digest(header, BODY)
    assert caught.value.code == code


def public_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def test_a_key_of_another_kind_is_refused() -> None:
    with pytest.raises(errors.PublicKeyError):
        load_public_key(public_pem(ec.generate_private_key(ec.SECP256R1())))


def test_a_key_with_an_enormous_exponent_is_refused() -> None:
    numbers = rsa.RSAPublicNumbers(e=(1 << 200) + 1, n=ANA_RSA.public_key().public_numbers().n)
    pem = numbers.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(errors.PublicKeyError):
        load_public_key(pem)


def test_a_key_of_too_many_bits_is_refused() -> None:
    numbers = rsa.RSAPublicNumbers(e=65537, n=(1 << 8999) + 1)
    pem = numbers.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(errors.PublicKeyError):
        load_public_key(pem)


def test_an_old_key_of_1024_bits_is_taken() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    assert load_public_key(public_pem(key)).bits == 1024


@given(st.one_of(st.text(), st.binary()))
def test_junk_is_no_key(junk: str | bytes) -> None:
    with pytest.raises(errors.PublicKeyError):
        load_public_key(junk)


def test_a_private_key_never_shows_in_a_repr() -> None:
    assert "RSAPrivateKey" not in repr(ANA)
