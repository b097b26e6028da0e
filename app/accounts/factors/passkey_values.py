"""Passkeys as values, without the library that reads them."""

from __future__ import annotations

from dataclasses import dataclass


class CeremonyError(Exception):
    """A browser's answer isn't good: forged, late, for another place, or no answer at all."""


@dataclass(frozen=True, slots=True)
class Place:
    """For which house a passkey is: its name, the host that it belongs to, and from where browsers answer."""

    name: str
    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Key:
    """A passkey: by what it is known, its public half as the device gave it, and how often it says it was used."""

    credential_id: bytes
    data: bytes
    count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser is asked for, and what to remember of it until it answers; both are JSON."""

    options: str
    state: str
