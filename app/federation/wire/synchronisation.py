"""FEP-8fcf: what a header says of an actor's followers on one host, so that both sides can see whether they agree."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.federation.wire import cavage, uris
from app.federation.wire.errors import SignatureSyntaxError

HEADER = "Collection-Synchronization"
LONGEST_BYTES = 4096
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Claim:
    """`collection`: the followers of an actor. `url`: where those of one host are listed. `digest`: of these."""

    collection: str
    url: str
    digest: str


def digest(followers: Iterable[str]) -> str:
    """The SHA-256 of each follower's id, all of them XORed, in hexadecimal digits: whatever order they are in."""
    total = 0
    for follower in followers:
        total ^= int.from_bytes(hashlib.sha256(follower.encode()).digest())
    return f"{total:064x}"


def header(claim: Claim) -> str:
    """The value of the header."""
    return f'collectionId="{claim.collection}", url="{claim.url}", digest="{claim.digest}"'


def parse(value: str) -> Claim | None:
    """What a header says; None where it can't be read. Its syntax is that of draft-cavage's Signature."""
    if len(value) > LONGEST_BYTES:
        return None
    try:
        groups = cavage.split(value)
    except SignatureSyntaxError:
        return None
    found = groups[0]
    claim = Claim(found.get("collectionId", ""), found.get("url", ""), found.get("digest", "").lower())
    usable = len(groups) == 1 and uris.is_uri(claim.collection) and uris.is_uri(claim.url)
    return claim if usable and _DIGEST.fullmatch(claim.digest) else None
