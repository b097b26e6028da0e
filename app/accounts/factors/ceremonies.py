"""WebAuthn: what a browser is asked for, and whether what it answers is good. Values in, values out; made with fido2.

What comes back from a browser is a stranger's: everything that is wrong with it is a CeremonyError.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.accounts.factors.passkey_values import Asked, CeremonyError, Key, Place

_WRONG = (ValueError, TypeError, KeyError, AttributeError, AssertionError, IndexError, OverflowError, RecursionError)
"""What parsing somebody's answer may raise in the library, which says nowhere what it raises."""
_LARGEST_KEY = 2048
_LONGEST_ID = 1023


def ask_to_make(place: Place, account_id: int, username: str, known: Sequence[Key]) -> Asked:
    """Have a passkey made; not in a device that holds one of `known` already."""
    user = PublicKeyCredentialUserEntity(name=username, id=str(account_id).encode(), display_name=username)
    options, state = _server(place).register_begin(
        user,
        [_data(key) for key in known],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return _asked(options, state)


def made(place: Place, state: dict[str, Any], answer: str) -> Key:
    """The new passkey. Raises CeremonyError."""
    try:
        response = RegistrationResponse.from_dict(json.loads(answer))
        found = _server(place).register_complete(state, response)
        data = found.credential_data
        if data is None or len(data) > _LARGEST_KEY or len(data.credential_id) > _LONGEST_ID:
            raise CeremonyError
        return Key(bytes(data.credential_id), bytes(data), int(found.counter))
    except _WRONG as error:
        raise CeremonyError from error


def ask_to_use(place: Place, known: Sequence[Key], challenge: bytes | None = None) -> Asked:
    """Have one of these passkeys used; with a challenge that was given out already, or a fresh one."""
    options, state = _server(place).authenticate_begin(
        [_data(key) for key in known],
        user_verification=UserVerificationRequirement.PREFERRED,
        challenge=challenge,
    )
    return _asked(options, state)


@dataclass(frozen=True, slots=True)
class Used:
    """Which passkey it was, and how often it says that it was used."""

    credential_id: bytes
    count: int


def used(place: Place, state: dict[str, Any], known: Sequence[Key], answer: str) -> Used:
    """Which of `known` it was. Raises CeremonyError; also where its count stood still, as a copy's would."""
    try:
        response = AuthenticationResponse.from_dict(json.loads(answer))
        credential_id = bytes(
            _server(place).authenticate_complete(state, [_data(key) for key in known], response).credential_id
        )
        count = int(response.response.authenticator_data.counter)
    except _WRONG as error:
        raise CeremonyError from error
    before = next(key.count for key in known if key.credential_id == credential_id)
    if count <= before and (count or before):
        raise CeremonyError
    return Used(credential_id, count)


def _server(place: Place) -> Fido2Server:
    rp = PublicKeyCredentialRpEntity(name=place.name, id=place.host)
    none = AttestationConveyancePreference.NONE
    return Fido2Server(rp, attestation=none, verify_origin=lambda origin: origin == place.origin)


def _data(key: Key) -> AttestedCredentialData:
    return AttestedCredentialData(key.data)


def _asked(options: Any, state: dict[str, Any]) -> Asked:
    verification = state["user_verification"]
    kept = {"challenge": state["challenge"], "user_verification": None if verification is None else str(verification)}
    return Asked(json.dumps(dict(options)["publicKey"]), json.dumps(kept))
