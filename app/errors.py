"""The app's errors: each carries an HTTP status, a code, and a text that is safe to show.

AppError
├── BadRequestError 400     the request itself can't be understood
├── UnauthorizedError 401   nobody is signed in, or the token is no good
├── ForbiddenError 403      not allowed to this person
├── NotFoundError 404       not there, or not for these eyes
├── ConflictError 409       somebody else was first
├── GoneError 410           was there, and is deleted
├── TooLargeError 413       more than is taken
├── InvalidError 422        understood, and refused
├── RateLimitedError 429    later (retry_after seconds)
└── UnavailableError 503    a store or a peer doesn't answer
"""

from __future__ import annotations


class AppError(Exception):
    """Something that the person or server at the other end must be told."""

    status = 500
    code = "error"

    def __init__(self, text: str, *, code: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        if code is not None:
            self.code = code


class BadRequestError(AppError):
    """The request itself can't be understood."""

    status = 400
    code = "bad_request"


class UnauthorizedError(AppError):
    """Nobody is signed in, or the token is no good."""

    status = 401
    code = "unauthorized"


class ForbiddenError(AppError):
    """Not allowed to this person."""

    status = 403
    code = "forbidden"


class NotFoundError(AppError):
    """Not there, or not for these eyes: the two look the same from outside."""

    status = 404
    code = "not_found"

    def __init__(self, text: str = "Record not found", *, code: str | None = None) -> None:
        super().__init__(text, code=code)


class ConflictError(AppError):
    """Somebody else was first."""

    status = 409
    code = "conflict"


class GoneError(AppError):
    """Was there, and is deleted."""

    status = 410
    code = "gone"


class TooLargeError(AppError):
    """More than is taken."""

    status = 413
    code = "too_large"


class InvalidError(AppError):
    """Understood, and refused."""

    status = 422
    code = "invalid"


class RateLimitedError(AppError):
    """Later."""

    status = 429
    code = "rate_limited"

    def __init__(self, text: str, *, retry_after: int) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class UnavailableError(AppError):
    """A store or a peer doesn't answer."""

    status = 503
    code = "unavailable"
