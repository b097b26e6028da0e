"""What is passed on with a proof of its own (FEP-8b32) is as good as if its actor had sent it, for as long as a signed
request would be. An older proof says only that somebody once wrote this, so its home is asked, as without one.
"""

from __future__ import annotations

from datetime import datetime

from app.federation import keys
from app.federation.keys import KnownKey, Made
from app.federation.wire import integrity, uris
from app.federation.wire.errors import ClockError, ForeignError
from app.federation.wire.fields import Doc
from app.federation.wire.integrity import Proof
from app.federation.wire.signatures import MAX_AGE, MAX_AHEAD
from app.federation.wire.values import Activity


def usable(document: Doc, activity: Activity, now: datetime) -> Proof | None:
    """The proof by which an activity may be believed, if its key made it; None where it has none, or an old one.

    Raises ProofSyntaxError, ClockError where it's from the future, and ForeignError where its key, or the activity's
    own id, isn't on the actor's host.
    """
    found = integrity.read(document)
    if not found:
        return None
    theirs = [one for one in found if uris.same_origin(one.key_id, activity.actor)]
    theirs.sort(key=lambda one: not keys.is_below(one.key_id, activity.actor))  # neighbours may have signed as well
    proof = theirs[0] if theirs else None
    if proof is None:
        raise ForeignError("the proof's key is on another host than the actor", code="proof_foreign")
    if not uris.same_origin(activity.uri, activity.actor):
        raise ForeignError("the activity's id is on another host than its actor", code="id_foreign")
    if proof.created > now + MAX_AHEAD:
        raise ClockError("the proof is from the future", code="proof_from_the_future")
    expired = proof.expires is not None and proof.expires < now
    return None if expired or proof.created < now - MAX_AGE else proof


def made(document: Doc, proof: Proof, known: KnownKey | None, actor: str, now: datetime) -> Made:
    """What a known key says of a proof. Raises ForeignError where it's another actor's key."""
    if known is None:
        return Made.PERHAPS
    if known.owner_uri != actor:
        raise ForeignError("the proof was made by another actor's key", code="proof_foreign")
    if integrity.is_made_by(known.key, document, proof):
        return Made.YES
    return Made.NO if known.is_fresh(now) else Made.PERHAPS
