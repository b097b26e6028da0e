"""Small secrets at rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app import sealing
from app.services import Services


def test_what_is_sealed_opens_for_its_purpose_with_the_servers_key_alone(services: Services) -> None:
    settings = services.settings
    sealed = sealing.seal(settings, "tests", b"a secret")
    assert "secret" not in sealed and sealing.seal(settings, "tests", b"a secret") != sealed
    assert sealing.unseal(settings, "tests", sealed) == b"a secret"
    for other, purpose, text in (
        (settings, "other tests", sealed),
        (replace(settings, secret_key="another key"), "tests", sealed),
        (settings, "tests", sealed[:-4] + "AAA="),
        (settings, "tests", "not base64!"),
        (settings, "tests", ""),
    ):
        with pytest.raises(sealing.SealError):
            sealing.unseal(other, purpose, text)
