"""A Signer that signs nothing, and remembers what it was asked and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.federation.wire.signed import Form


@dataclass
class Caller:
    """It begins with `first`, until it learns better."""

    first: Form = Form.CAVAGE
    given: Mapping[str, str] = field(default_factory=lambda: {"Signature": "x"})
    asked: list[str] = field(default_factory=list)
    learnt: dict[str, Form] = field(default_factory=dict)

    def form(self, host: str) -> Form:
        """As Signer.form."""
        return self.learnt.get(host, self.first)

    def sign(self, method: str, url: str, body: bytes | None, form: Form) -> Mapping[str, str]:
        """As Signer.sign."""
        self.asked.append(f"{method} {url} {body!r} {form.value}")
        return self.given

    def learn(self, host: str, form: Form) -> None:
        """As Signer.learn."""
        self.learnt[host] = form
