"""Everything that can go wrong on the wire, one tree.

WireError                     status and code for an answer, a safe text for a person
├── DocumentError             bytes that are no acceptable JSON object
│   ├── TooLargeError
│   ├── NotJsonError
│   ├── TooDeepError
│   ├── TooWideError
│   └── NotAnObjectError
├── MalformedError            JSON that is no acceptable activity, post or actor
│   └── ForeignError          it claims what belongs to somebody else
├── SignatureError
│   ├── MissingSignatureError
│   ├── SignatureSyntaxError
│   ├── AlgorithmError
│   ├── UnsignedHeaderError
│   ├── MissingHeaderError
│   ├── ClockError
│   ├── HostError
│   ├── DigestError
│   ├── ForgedError
│   ├── ProofSyntaxError
│   └── PublicKeyError
└── FetchError                an outgoing request failed; `permanent` says that a retry is useless
    ├── RefusedUrlError
    │   └── RefusedAddressError
    ├── UnreachableError
    ├── FetchTimeoutError
    ├── BadStatusError
    │   └── GoneError
    ├── RedirectError
    ├── BodyTooLargeError
    ├── EncodingError
    ├── ContentTypeError
    └── FetchedDocumentError
"""

from __future__ import annotations

from typing import ClassVar


class WireError(Exception):
    """Base of the tree. `status` and `code` are for the answer; the text never repeats what was sent."""

    status: ClassVar[int] = 400
    code: str = "bad_request"

    def __init__(self, text: str, *, code: str | None = None) -> None:
        super().__init__(text)
        if code is not None:
            self.code = code


class DocumentError(WireError):
    """The bytes are no JSON object within our bounds."""

    code = "bad_document"


class TooLargeError(DocumentError):
    """More bytes than we read."""

    status = 413
    code = "document_too_large"


class NotJsonError(DocumentError):
    """Not JSON, or not UTF-8."""

    code = "not_json"


class TooDeepError(DocumentError):
    """Nested too deeply."""

    code = "document_too_deep"


class TooWideError(DocumentError):
    """Too many keys and items."""

    code = "document_too_wide"


class NotAnObjectError(DocumentError):
    """JSON, but no object at the top."""

    code = "not_an_object"


class MalformedError(WireError):
    """A JSON object that is no acceptable activity, post or actor."""

    status = 422
    code = "malformed"


class ForeignError(MalformedError):
    """It claims an id, author or target that belongs to another server or actor."""

    status = 403
    code = "foreign"


class SignatureError(WireError):
    """An HTTP signature that proves nothing."""

    status = 401
    code = "bad_signature"


class MissingSignatureError(SignatureError):
    """There is no Signature header."""

    code = "signature_missing"


class SignatureSyntaxError(SignatureError):
    """The Signature header can't be read."""

    status = 400
    code = "signature_syntax"


class AlgorithmError(SignatureError):
    """Neither rsa-sha256 nor hs2019, or one used in a way that it forbids."""

    code = "signature_algorithm"


class UnsignedHeaderError(SignatureError):
    """A header that must be signed is not."""

    code = "header_not_signed"


class MissingHeaderError(SignatureError):
    """A signed header is absent from the request, or there more than once."""

    status = 400
    code = "header_missing"


class ClockError(SignatureError):
    """Signed too long ago, in the future, or expired."""

    code = "date_outside_window"


class HostError(SignatureError):
    """Signed for another host."""

    code = "wrong_host"


class DigestError(SignatureError):
    """The body is not the one that was signed."""

    code = "digest_mismatch"


class ForgedError(SignatureError):
    """The key did not make this signature."""

    code = "signature_wrong"


class ProofSyntaxError(SignatureError):
    """A document's own proof can't be read."""

    status = 400
    code = "proof_syntax"


class PublicKeyError(SignatureError):
    """A key that can't be read, isn't RSA, or is too short or too long."""

    code = "key_unusable"


class FetchError(WireError):
    """An outgoing request failed. `permanent`: trying again will not help."""

    status = 502
    code = "fetch_failed"
    permanent: bool = False


class RefusedUrlError(FetchError):
    """A URL that we don't fetch: its scheme, its shape, its port."""

    code = "url_refused"
    permanent = True


class RefusedAddressError(RefusedUrlError):
    """The name leads to an address that nobody outside may make us visit."""

    code = "address_refused"


class UnreachableError(FetchError):
    """No such name, no connection, no TLS, or a broken answer."""

    code = "unreachable"


class FetchTimeoutError(FetchError):
    """It took too long."""

    code = "timed_out"


class BadStatusError(FetchError):
    """An answer, but not the thing. `answered` is its HTTP status; `retry_after` in seconds, if said."""

    code = "bad_status"

    def __init__(self, text: str, *, answered: int, retry_after: int | None = None) -> None:
        super().__init__(text)
        self.answered = answered
        self.retry_after = retry_after
        self.permanent = 400 <= answered < 500 and answered not in (408, 425, 429)


class GoneError(BadStatusError):
    """404 or 410: it isn't there."""

    code = "gone"


class RedirectError(FetchError):
    """Too many redirects, one without a target, or one where none is followed."""

    code = "redirected"
    permanent = True


class BodyTooLargeError(FetchError):
    """More bytes than we take, as sent or as unpacked."""

    code = "body_too_large"
    permanent = True


class EncodingError(FetchError):
    """A content encoding that we don't read, or a broken one."""

    code = "content_encoding"
    permanent = True


class ContentTypeError(FetchError):
    """Another kind of document than was asked for."""

    code = "content_type"
    permanent = True


class FetchedDocumentError(FetchError):
    """It came, but its bytes are no acceptable document, or are another's document."""

    code = "bad_fetched_document"
    permanent = True
