"""Questions on a terminal: an answer that can't be is said at once, and the question is asked again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

T = TypeVar("T")


def ask(text: str, check: Callable[[str], T], default: str | None = "", *, secret: bool = False) -> T:
    """What `check` makes of the answer; it raises AppError or ModerationError for one that can't be, with the reason.

    `default` is what an empty answer means; None where there has to be one.
    """
    from app.errors import AppError
    from moderation.errors import ModerationError

    def read(typed: str) -> T:
        try:
            return check(typed)
        except AppError as error:
            raise click.UsageError(error.text) from error
        except ModerationError as error:
            raise click.UsageError(str(error)) from error

    found: T = click.prompt(
        text,
        default=default,
        show_default=bool(default),
        value_proc=read,
        hide_input=secret,
        confirmation_prompt=secret,
    )
    return found


def numbers(count: int) -> Callable[[str], list[int]]:
    """A check for places in a list that was shown from 1 on: some of them, `all`, or none."""
    from app.errors import InvalidError

    def read(typed: str) -> list[int]:
        if typed.strip().lower() == "all":
            return list(range(count))
        words = typed.replace(",", " ").split()
        if not all(each.isascii() and each.isdecimal() and 1 <= int(each) <= count for each in words):
            raise InvalidError(f"numbers from 1 to {count}, or all")
        return sorted({int(each) - 1 for each in words})

    return read
