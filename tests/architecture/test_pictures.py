"""The guides' pictures: each that a document shows is there, and is taken by the script."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)]*\.png)\)")


def shown() -> list[tuple[Path, str, Path]]:
    """Document, what is said of the picture, and its file."""
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [
        (document, words, (document.parent / name).resolve())
        for document in documents
        for words, name in SHOWN.findall(document.read_text())
    ]


def test_every_picture_that_a_document_shows_is_there_and_described() -> None:
    assert [(str(document), str(file)) for document, words, file in shown() if not file.exists() or not words] == []


def test_the_guides_for_moderators_freelancers_and_leads_have_pictures() -> None:
    with_pictures = {document.name for document, _words, _file in shown()}
    assert {"moderation.md", "freelancers.md", "leads.md"} <= with_pictures


def test_the_script_takes_every_picture_and_no_picture_is_left_over() -> None:
    taken = set(re.findall(r'Picture\("([a-z-]+)"', (FOLDER / "take.py").read_text()))
    kept = {file.stem for file in FOLDER.glob("*.png")}
    assert kept == taken
    assert {file.stem for _document, _words, file in shown()} <= taken
