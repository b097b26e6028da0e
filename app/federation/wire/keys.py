"""RSA keys: made, read once from PEM, and kept as objects by those who use them often."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.federation.wire.errors import PublicKeyError

# Some old servers still have 1024 bits; above 8192 a stranger's key would cost us too much time.
MIN_BITS = 1024
MAX_BITS = 8192
MAX_PEM = 8192


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A stranger's key, ready for verifying; cache it by its key id."""

    rsa: rsa.RSAPublicKey
    bits: int


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key of ours, ready for signing."""

    rsa: rsa.RSAPrivateKey = field(repr=False)


def load_public_key(pem: str | bytes) -> PublicKey:
    """The RSA key in a PEM, of MIN_BITS to MAX_BITS. Raises PublicKeyError."""
    data = pem.encode("utf-8", "surrogatepass") if isinstance(pem, str) else pem
    if len(data) > MAX_PEM:
        raise PublicKeyError("the key is too long")
    try:
        key = serialization.load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PublicKeyError("the key can't be read") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise PublicKeyError("the key is not an RSA key")
    if not MIN_BITS <= key.key_size <= MAX_BITS:
        raise PublicKeyError(f"the key has not {MIN_BITS} to {MAX_BITS} bits")
    if key.public_numbers().e.bit_length() > 32:
        raise PublicKeyError("the key's exponent is too large")  # verifying would take as long as signing
    return PublicKey(key, key.key_size)


def load_private_key(pem: str | bytes) -> PrivateKey:
    """The RSA private key in a PEM of ours, without a passphrase. Raises ValueError."""
    key = serialization.load_pem_private_key(pem.encode() if isinstance(pem, str) else pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA private key")
    return PrivateKey(key)


def make_key_pair() -> tuple[str, str]:
    """A new RSA key of 2048 bits, what every server reads: (private PEM, public PEM)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
