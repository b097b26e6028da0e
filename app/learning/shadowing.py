"""The shadow run as a job: the newest candidate scores what was judged since, beside the version in use."""

from __future__ import annotations

from app.reviewing import instance_rules
from app.services import Services
from models.local import files
from moderation.errors import CheckFailedError
from moderation.learning import serving, shadow, trainings, uses


def work(services: Services, limit: int) -> int:
    """Look at one more batch of live posts; how many verdicts."""
    root = files.root(services.settings.data_dir)
    now = services.clock.now()
    with services.db.read() as session:
        training = trainings.newest_candidate(session)
        use = uses.current(session)
        current = services.tools.text_model or services.tools.models.get(session)
    in_force = use.version if use is not None else None
    if training is None or training.version is None or training.version == in_force or current is None:
        return 0
    try:
        candidate = serving.load(root, training.version, training.digest)
    except CheckFailedError:
        return 0  # its page says so where somebody would put it in use
    with services.db.write() as session:
        row = shadow.begin(session, training.version, current.version, now)
        before = row.last_id
    with services.db.read() as session:
        due = shadow.due(session, row, limit)
        submissions = instance_rules.submissions(session, [uri for _, uri in due])
    if not due:
        return 0
    looked = shadow.look(due, submissions, current, candidate)
    with services.db.write() as session:
        shadow.note(session, training.version, before, looked, now)
    return len(due)
