"""What can go wrong with a picture that somebody wants to see: `NoPictureError`."""

from __future__ import annotations


class NoPictureError(Exception):
    """It can't be had. `retry_after`: seconds until asking again makes sense; None: hardly ever."""

    def __init__(self, code: str, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code, self.retry_after = code, retry_after
