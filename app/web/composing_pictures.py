"""The pictures of a form to write in. What was taken stays taken when the form comes back with an error."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.errors import NotFoundError
from app.posts import resolve
from app.services import Services
from app.uploads import keeping, taking
from app.uploads.recordings import kinds
from app.uploads.recordings import taking as recordings
from app.uploads.tables import UploadKind, UploadRow

if TYPE_CHECKING:
    from app.web.composing import Form


def taken(services: Services, account_id: int) -> tuple[UploadRow, ...]:
    """Those that were here already, described anew, and those that came. Raises InvalidError for what is no picture."""
    return (*_here(services, account_id), *_fresh(services, account_id))


def were_sent() -> bool:
    """Whether there was any file: then an error is about it, and not about words that are missing."""
    return any(file.filename for file in request.files.getlist("picture"))


def with_rows(form: Form) -> Form:
    """The form with a row for each picture that can still be added; a film or sound stands alone."""
    alone = any(one.kind is not UploadKind.IMAGE for one in form.pictures)
    rows = () if alone else tuple(range(len(form.pictures) + 1, keeping.MOST + 1))
    if not kinds.are_taken():
        return replace(
            form, picture_rows=rows, media_words=_("Pictures: at most four, described for those who can’t see them")
        )
    words = _("Four pictures at most, or one film or sound; described for those who can’t see or hear them")
    types = ",".join((*taking.TYPES, *kinds.VIDEO_TYPES, *kinds.AUDIO_TYPES))
    return replace(form, picture_rows=rows, media_words=words, picture_types=types)


def _here(services: Services, account_id: int) -> list[UploadRow]:
    numbers, said = request.form.getlist("picture_id"), request.form.getlist("picture_said")
    found = []
    for number, words in list(zip(numbers, said, strict=False))[: keeping.MOST]:
        try:
            found.append(keeping.describe(services, account_id, resolve.parse_id(number), _line(words), None))
        except NotFoundError:
            continue  # posted by the first press of a button that was pressed twice
    return found


def _fresh(services: Services, account_id: int) -> list[UploadRow]:
    files, said = request.files.getlist("picture"), request.form.getlist("description")
    pairs = [(file, words) for file, words in zip(files, said, strict=False) if file.filename][: keeping.MOST]
    return [_take(services, account_id, file, words) for file, words in pairs]


def _take(services: Services, account_id: int, file: FileStorage, words: str) -> UploadRow:
    kind = kinds.guess(file.stream.read(kinds.HEAD_BYTES))
    file.stream.seek(0)
    if kind is not UploadKind.IMAGE:
        return recordings.take(services, account_id, file.stream, kind, description=_line(words), focus=None)
    body = file.stream.read(taking.LARGEST_BYTES + 1)
    return taking.take(services, account_id, body, description=_line(words))


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[: taking.LONGEST_DESCRIPTION]
