"""Object integrity proofs (FEP-8b32): a document's own signature, DataIntegrityProof by eddsa-jcs-2022, read and made.

What is signed is the document without its proofs, and the proof without its value, both in their one spelling (RFC
8785), as https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022 has it. Of a member given twice the last one counts, here as
where the activity is read: it's one and the same parsed document that is verified and believed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.federation.wire import base58, fields, uris
from app.federation.wire.canonical import canonical
from app.federation.wire.errors import ProofSyntaxError
from app.federation.wire.fields import Doc, Json
from app.federation.wire.keys import ED25519, PrivateKey, PublicKey

CONTEXT = "https://w3id.org/security/data-integrity/v1"
SUITE = "eddsa-jcs-2022"
KIND = "DataIntegrityProof"
PURPOSE = "assertionMethod"
MAX_PROOFS = 3
"""Of one document; more aren't looked at."""
_SIGNATURE_BYTES = 64
_LONGEST_VALUE = 100


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof, read but not believed. `options`: all of it but its value, as it is signed."""

    key_id: str
    created: datetime
    expires: datetime | None
    signature: bytes
    options: Mapping[str, Json] = field(repr=False)


def read(document: Doc) -> tuple[Proof, ...]:
    """The proofs of a document that are of this kind; none where it has none. Raises ProofSyntaxError for the first
    that can't be read where none can.
    """
    listed = [one for one in fields.items(document.get("proof")) if isinstance(one, dict) and _is_ours(one)]
    found: list[Proof] = []
    first: ProofSyntaxError | None = None
    for one in listed[:MAX_PROOFS]:
        try:
            found.append(_proof(one))
        except ProofSyntaxError as error:
            first = first or error
    if first is not None and not found:
        raise first
    return tuple(found)


def is_made_by(public_key: PublicKey, document: Doc, proof: Proof) -> bool:
    """Whether the key made the proof over this very document.

    A Linked Data signature comes after the proof (FEP-8b32, Backward compatibility), or was there before it.
    """
    bare = {name: value for name, value in document.items() if name != "proof"}
    bodies = [bare]
    if "signature" in bare:
        bodies.insert(0, {name: value for name, value in bare.items() if name != "signature"})
    return any(
        _is_made_over(public_key, proof.signature, body, options)
        for bare in bodies
        for body, options in _candidates(bare, proof)
    )


def _candidates(bare: dict[str, Json], proof: Proof) -> list[tuple[Doc, Doc]]:
    """What may have been signed: the document and the proof's options."""
    if "@context" not in proof.options:
        # Some sign the proof under the document's context without saying so in it.
        return [(bare, proof.options), (bare, {**proof.options, "@context": bare.get("@context")})]
    begins = list(fields.items(proof.options["@context"]))
    if list(fields.items(bare.get("@context")))[: len(begins)] != begins:
        return []
    return [({**bare, "@context": proof.options["@context"]}, proof.options)]


def sign(document: Mapping[str, Any], key_id: str, private_key: PrivateKey, now: datetime) -> dict[str, Any]:
    """The document with a proof by an Ed25519 key of ours."""
    context = [*fields.items(document.get("@context")), CONTEXT]
    body = {**document, "@context": context}
    options = {
        "@context": context,
        "type": KIND,
        "cryptosuite": SUITE,
        "verificationMethod": key_id,
        "proofPurpose": PURPOSE,
        "created": now.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
    }
    value = "z" + base58.encode(private_key.sign(_message(body, options)))
    return {**body, "proof": {**options, "proofValue": value}}


def _is_made_over(key: PublicKey, signature: bytes, body: Doc, options: Doc) -> bool:
    try:
        message = _message(body, options)
    except ValueError:
        return False  # it has no one spelling, so nobody signed it
    return key.made(signature, message, (ED25519,))


def _message(body: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(canonical(options)).digest() + hashlib.sha256(canonical(body)).digest()


def _is_ours(item: Doc) -> bool:
    return KIND in fields.types(item) and item.get("cryptosuite") == SUITE


def _proof(item: Doc) -> Proof:
    key_id, created = item.get("verificationMethod"), fields.time(item.get("created"))
    if not isinstance(key_id, str) or not uris.is_uri(key_id):
        raise ProofSyntaxError("the proof's verificationMethod is no http or https URI")
    if item.get("proofPurpose") != PURPOSE or "previousProof" in item:
        raise ProofSyntaxError("the proof has another purpose, or hangs on another proof")
    expires = fields.time(item.get("expires"))
    if created is None or (expires is None and item.get("expires") is not None):
        raise ProofSyntaxError("the proof's times can't be read")
    options = {name: value for name, value in item.items() if name != "proofValue"}
    return Proof(key_id, created, expires, _signature(item.get("proofValue")), options)


def _signature(value: Json) -> bytes:
    if not isinstance(value, str) or not value.startswith("z") or len(value) > _LONGEST_VALUE:
        raise ProofSyntaxError("the proof's value is not in base58btc")
    try:
        found = base58.decode(value[1:])
    except ValueError as error:
        raise ProofSyntaxError("the proof's value is not in base58btc") from error
    if len(found) != _SIGNATURE_BYTES:
        raise ProofSyntaxError("the proof's value is no Ed25519 signature")
    return found
