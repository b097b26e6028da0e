"""What a reporter adds to a report that waits: more of the same author's posts, more words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from moderation.cases import opening
from moderation.errors import ReportRefusedError
from moderation.evidence import snapshots
from moderation.evidence.tables import SnapshotCause
from moderation.reports import file
from moderation.reports.tables import ReportOutcome, ReportRow
from moderation.values import Submission

LONGEST: Final = 5_000
"""Of all words of a report together, in characters."""
WHAT: Final = "report_added"


def add(session: Session, report: ReportRow, submissions: Sequence[Submission], words: str, now: datetime) -> None:
    """Add them, with their evidence: the report's case has them from now on, and who is deciding it reads them first.

    Raises ReportRefusedError for a report that was answered, for what is by somebody else, and for more than a report
    holds.
    """
    if report.outcome is not ReportOutcome.WAITING:
        raise ReportRefusedError("this report was answered already")
    if any(each.author.uri != report.target_uri for each in submissions):
        raise ReportRefusedError("what is added isn't by whom the report is about")
    words = snapshots.clean(words.strip(), file.COMMENT)
    new = [each for each in submissions if each.uri not in report.subject_uris]
    comment = f"{report.comment}\n{words}".strip() if words else report.comment
    if len(comment) > LONGEST or len(report.subject_uris) + len(new) > file.SUBJECTS:
        raise ReportRefusedError("a report holds no more")
    if not new and not words:
        raise ReportRefusedError("there is nothing new in it")
    if new:
        snapshots.take(session, new, SnapshotCause.REPORT, now)
        file.join(session, report.case_id, new, now, known=opening.open_cases(session, [each.uri for each in new]))
    report.subject_uris = [*report.subject_uris, *(each.uri for each in new)]
    report.comment = comment
    opening.touch(session, report.case_id, WHAT, None, now)
    session.flush()
