"""Run as a process of its own, with a budget of processor seconds: everything that reads what others wrote, on the
texts that are worst for it. Work that grows with the square of a text's length can't end within the budget.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Mapping

LENGTH = 80_000
BUDGET_SECONDS = 40
"""Linear, all of it takes about six; one search that is square in LENGTH takes more than a hundred."""
ATOMS = (
    "a", "|", " ", "\t", "\n", " \n", "\t\r", "#1", "#a1_", "@a.", "@a@", "@a-", "http://a(", "(a", "(", "http://", "<",
    "</p>", "<p>", "&", "&#", "[", "a[", '="', '"', "aA", "a*", "*", "a!", "0|", "a@a.", "www.", "://a:", "`", "- ",
    "é", "\u0301", "😀", "a😀", "a b ", "<h1>", "<blockquote>", "\u200b", "1,", "\x01", "A" * 40 + ".", "-" * 50 + "@",
)  # fmt: skip
AROUND = (("", ""), ("<p>a", "\x01z</p>"))


def readers() -> Mapping[str, Callable[[str], object]]:
    """What reads a stranger's text, by name."""
    from app import logs
    from app.federation.wire import discovery, fetching, sanitise, uris
    from app.mastodon import params
    from app.posts import markup
    from app.web.review import marking
    from models.normalise import normalise
    from moderation.duplicates import simhash

    return {
        "handles": markup.handles,
        "write": lambda text: markup.write(text, {}, lambda tag: f"/tags/{tag}"),
        "clean": sanitise.clean_all,
        "clean_plain": lambda text: sanitise.clean_all(text, "text/plain"),
        "plain_line": lambda text: sanitise.plain_line(text, 100),
        "uri": uris.is_uri,
        "content_type": lambda text: fetching._PROFILE.search(text),
        "handle": lambda text: discovery._HANDLE.fullmatch(text),
        "log": lambda text: logs.without_secrets(None, "", {"event": text}),
        "parameter": lambda text: params._tree([(text, "x")]) if text.count("[") < 3 else None,
        "normalise": lambda text: normalise(text, offsets=True),
        "fingerprint": lambda text: simhash.fingerprints([text[:60_000]]),
        "marked": lambda text: marking.marked(text, ()),
        "changed": lambda text: marking.changed(text, text[::-1]),
    }


def worst() -> list[str]:
    """Texts that make searches go back as far as they can."""
    return [before + atom * (LENGTH // len(atom)) + after for atom in ATOMS for before, after in AROUND]


def main() -> None:
    """Read all of it, or be ended by the system."""
    reading = readers()
    resource.setrlimit(resource.RLIMIT_CPU, (BUDGET_SECONDS, BUDGET_SECONDS))
    for name, read in reading.items():
        for text in worst():
            read(text)
        print(name, flush=True)  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main()
