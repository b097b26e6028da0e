"""Lists of follows as files, in the form in which other servers take them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Protocol

from flask import Response


class Listed(Protocol):
    """A line: a follow, or a follower of whom only the handle is told."""

    @property
    def handle(self) -> str:
        """`name@domain`."""

    @property
    def show_boosts(self) -> bool:
        """Whether their boosts are wanted."""

    @property
    def notify(self) -> bool:
        """Whether their posts are told of."""

    @property
    def languages(self) -> tuple[str, ...]:
        """In which their posts are wanted; none means all."""


def saved(name: str, which: str, found: Iterable[Listed]) -> Response:
    """A file `NAME-WHICH.csv`; `which` is `following` or `followers`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if which == "followers":
        writer.writerow(["Account address"])
        writer.writerows([one.handle] for one in found)
    else:
        writer.writerow(["Account address", "Show boosts", "Notify on new posts", "Languages"])
        writer.writerows(
            [one.handle, str(one.show_boosts).lower(), str(one.notify).lower(), ", ".join(one.languages)]
            for one in found
        )
    headers = {"Content-Disposition": f'attachment; filename="{name}-{which}.csv"'}
    return Response(out.getvalue(), mimetype="text/csv", headers=headers)
