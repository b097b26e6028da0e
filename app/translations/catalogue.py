"""Brings the French catalogue up to date with the sources, and compiles it: `python -m app.translations.catalogue`.

English is what stands in the sources. A message without French stays empty, and a test names it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
FRENCH = Path(__file__).parent / "fr" / "LC_MESSAGES" / "messages.po"
PACKAGES = ("app", "moderation", "workers")
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]


def extract() -> Catalog:
    """Every message of the sources, with where it stands."""
    found = Catalog()
    for package in PACKAGES:
        for file, line, message, comments, context in extract_from_dir(ROOT / package, _METHODS):
            found.add(message, None, [(f"{package}/{file}", line)], auto_comments=comments, context=context)
    return found


def read() -> Catalog:
    """The French catalogue as it is."""
    with FRENCH.open("rb") as file:
        return read_po(file, locale="fr")


def updated() -> Catalog:
    """The French catalogue with the messages of the sources; what is gone is gone, and nothing is guessed."""
    catalogue = read()
    catalogue.update(extract(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    if isinstance(catalogue.revision_date, datetime | str):
        catalogue.creation_date = catalogue.revision_date  # a date of today would clash in every merge, says nothing
    return catalogue


def missing(catalogue: Catalog) -> list[str]:
    """Messages without French."""
    return [_first(message) for message in catalogue if message.id and not _is_translated(message)]


def _is_translated(message: Message) -> bool:
    given = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(given) and not message.fuzzy


def _first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else str(message.id)


def compiled() -> Path:
    """The file that serving reads."""
    return FRENCH.with_suffix(".mo")


def main() -> None:
    """Update and compile."""
    catalogue = updated()
    with FRENCH.open("wb") as file:
        write_po(file, catalogue, sort_by_file=True, omit_header=False, include_lineno=False, width=110)
    with compiled().open("wb") as file:
        write_mo(file, catalogue)


if __name__ == "__main__":
    main()
