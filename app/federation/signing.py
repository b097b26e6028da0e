"""Signs our requests: deliveries in their author's name, fetches in the server's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from app.accounts.instance_actor import instance_actor
from app.clock import Clock
from app.federation import forms
from app.federation.wire import signatures
from app.federation.wire.knocking import Signer
from app.federation.wire.signatures import Form
from app.services import Services

_loaded = lru_cache(maxsize=2048)(signatures.load_private_key)


class Forms(Protocol):
    """What is known of hosts: which form of signature they take."""

    def of(self, host: str) -> Form:
        """The form to begin with."""

    def learn(self, host: str, form: Form) -> None:
        """A host takes this one."""


@dataclass(frozen=True, slots=True)
class KeySigner:
    """A Signer with one key, at the time of each request."""

    key_id: str
    private_key_pem: str
    clock: Clock
    forms: Forms
    more: Mapping[str, str] = field(default_factory=dict)
    """Headers that go along and are signed, too."""

    def form(self, host: str) -> Form:
        """As Signer.form."""
        return self.forms.of(host)

    def sign(self, method: str, url: str, body: bytes | None, form: Form) -> Mapping[str, str]:
        """As Signer.sign."""
        key, now = _loaded(self.private_key_pem), self.clock.now()
        return signatures.sign(
            method, url, body, key_id=self.key_id, private_key=key, now=now, form=form, more=self.more
        )

    def learn(self, host: str, form: Form) -> None:
        """As Signer.learn."""
        self.forms.learn(host, form)


def signer_for(
    key_id: str, private_key_pem: str, clock: Clock, known: Forms, more: Mapping[str, str] | None = None
) -> Signer:
    """Signs with this key, and `more` headers along, in the form that each host is known to take."""
    return KeySigner(key_id, private_key_pem, clock, known, more or {})


def instance_signer(services: Services) -> Signer:
    """Signs as the server's own actor: for fetching from peers that ask who is there. Raises ValueError without a key,
    which the house always has.
    """
    house = instance_actor(services)
    if house.key_id is None or house.private_key_pem is None:
        raise ValueError(f"{house.uri} has no key to sign with")
    return signer_for(house.key_id, house.private_key_pem, services.clock, forms.StoredForms(services))
