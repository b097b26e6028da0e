"""Keys: made, read once from PEM or Multikey, and kept as objects by those who use them often.

RSA is what the whole fediverse verifies; Ed25519 is what FEP-521a adds. Each is asked for by the name of an algorithm,
and refuses those of the other kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from app.federation.wire import base58
from app.federation.wire.errors import PublicKeyError

# Some old servers still have 1024 bits; above 8192 a stranger's key would cost us too much time.
MIN_BITS = 1024
MAX_BITS = 8192
MAX_PEM = 8192
MAX_MULTIBASE = 128

_ED25519_MULTICODEC = b"\xed\x01"
_ED25519_BITS = 256
_SCHEMES: Mapping[str, tuple[padding.AsymmetricPadding, hashes.HashAlgorithm]] = {
    "rsa-v1_5-sha256": (padding.PKCS1v15(), hashes.SHA256()),
    "rsa-v1_5-sha512": (padding.PKCS1v15(), hashes.SHA512()),
    "rsa-pss-sha512": (padding.PSS(padding.MGF1(hashes.SHA512()), 64), hashes.SHA512()),
}
ED25519 = "ed25519"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A stranger's key, ready for verifying; cache it by its key id."""

    material: rsa.RSAPublicKey | ed25519.Ed25519PublicKey
    bits: int

    def made(self, signature: bytes, message: bytes, algorithms: Sequence[str]) -> bool:
        """Whether this key made the signature by one of the algorithms, of which those of other keys don't count."""
        return any(self._made(signature, message, name) for name in algorithms)

    def _made(self, signature: bytes, message: bytes, algorithm: str) -> bool:
        try:
            if isinstance(self.material, ed25519.Ed25519PublicKey):
                if algorithm != ED25519:
                    return False
                self.material.verify(signature, message)
            else:
                if algorithm not in _SCHEMES:
                    return False
                self.material.verify(signature, message, *_SCHEMES[algorithm])
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key of ours, ready for signing."""

    material: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> str:
        """What it signs with."""
        return "rsa-v1_5-sha256" if isinstance(self.material, rsa.RSAPrivateKey) else ED25519

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""
        if isinstance(self.material, rsa.RSAPrivateKey):
            return self.material.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return self.material.sign(message)


def load_public_key(pem: str | bytes) -> PublicKey:
    """The RSA key of MIN_BITS to MAX_BITS, or Ed25519 key, in a PEM. Raises PublicKeyError."""
    data = pem.encode("utf-8", "surrogatepass") if isinstance(pem, str) else pem
    if len(data) > MAX_PEM:
        raise PublicKeyError("the key is too long")
    try:
        key = serialization.load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PublicKeyError("the key can't be read") from error
    if isinstance(key, ed25519.Ed25519PublicKey):
        return PublicKey(key, _ED25519_BITS)
    if not isinstance(key, rsa.RSAPublicKey):
        raise PublicKeyError("the key is neither an RSA nor an Ed25519 key")
    if not MIN_BITS <= key.key_size <= MAX_BITS:
        raise PublicKeyError(f"the key has not {MIN_BITS} to {MAX_BITS} bits")
    if key.public_numbers().e.bit_length() > 32:
        raise PublicKeyError("the key's exponent is too large")  # verifying would take as long as signing
    return PublicKey(key, key.key_size)


def load_private_key(pem: str | bytes) -> PrivateKey:
    """The private key in a PEM of ours, without a passphrase. Raises ValueError.

    What was made here isn't asked again whether its primes are prime: that takes as long as thirty signatures, for
    each author and process.
    """
    data = pem.encode() if isinstance(pem, str) else pem
    key = serialization.load_pem_private_key(data, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise ValueError("neither an RSA nor an Ed25519 private key")
    return PrivateKey(key)


def pem_of_multikey(multibase: str) -> str:
    """The PEM of an Ed25519 key in the form of a Multikey (z6Mk…, FEP-521a). Raises PublicKeyError."""
    if len(multibase) > MAX_MULTIBASE or not multibase.startswith("z"):
        raise PublicKeyError("not a key in base58btc")
    try:
        data = base58.decode(multibase[1:])
    except ValueError as error:
        raise PublicKeyError("not a key in base58btc") from error
    if data[:2] != _ED25519_MULTICODEC or len(data) != 34:
        raise PublicKeyError("not an Ed25519 key")
    return _public_pem(ed25519.Ed25519PublicKey.from_public_bytes(data[2:]))


def multikey_of(key: PrivateKey) -> str:
    """The public half of an Ed25519 key of ours as a Multikey. Raises ValueError for other keys."""
    if not isinstance(key.material, ed25519.Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")
    return "z" + base58.encode(_ED25519_MULTICODEC + key.material.public_key().public_bytes_raw())


def make_key_pair() -> tuple[str, str]:
    """A new RSA key of 2048 bits, what every server reads: (private PEM, public PEM)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return _private_pem(key), _public_pem(key.public_key())


def make_ed25519_key() -> str:
    """A new Ed25519 key as a private PEM. It takes less than a millisecond."""
    return _private_pem(ed25519.Ed25519PrivateKey.generate())


def _private_pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _public_pem(key: rsa.RSAPublicKey | ed25519.Ed25519PublicKey) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
