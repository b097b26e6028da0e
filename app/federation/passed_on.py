"""The words for what was passed on in another's name, wherever it's dealt with: at the gate, or once a key is there."""

from __future__ import annotations

import hashlib
from typing import Any

from app.federation.wire import uris
from app.federation.wire.errors import ForeignError
from app.federation.wire.values import Activity

PROOF_ALONE: dict[str, Any] = {"proof": True}
"""In place of a signed request: the document's own proof is what is left to verify."""


def refusal(signer_uri: str, activity: Activity) -> ForeignError:
    """Why it isn't believed of who signed."""
    if uris.same_origin(signer_uri, activity.actor):
        return ForeignError("the key is not the actor's", code="signer_not_actor")
    return ForeignError("the key is on another host than the actor", code="key_foreign")


def name_of(body: bytes) -> str:
    """What a row is called of which only the proof is left to verify: the same, whoever passed these bytes on, and
    another one for others: a forgery that comes first must not keep the real one out.
    """
    return "unproved:" + hashlib.sha256(body).hexdigest()
