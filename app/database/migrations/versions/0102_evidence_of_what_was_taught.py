"""Evidence that was taken because somebody taught the text model says so."""

# What was taken before stays as it was written: which of it a sample's case wanted, too, isn't known any more.

from __future__ import annotations

from alembic import op

from moderation.evidence import wordings

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None

CAUSES = ("ingest", "edit", "report", "audit")


def _causes(words: tuple[str, ...]) -> None:
    """SQLite makes the table anew, without what binds the index of its words to it."""
    connection = op.get_bind()
    made_anew = connection.dialect.name == "sqlite"
    if made_anew:
        wordings.unbind(connection)
    with op.batch_alter_table("snapshots", schema=None) as batch:
        batch.drop_constraint(op.f("ck_snapshots_snapshotcause_word"), type_="check")
        listed = ", ".join(f"'{word}'" for word in words)
        batch.create_check_constraint(op.f("ck_snapshots_snapshotcause_word"), f"cause IN ({listed})")
    if made_anew:
        wordings.bind(connection)


def upgrade() -> None:
    _causes((*CAUSES, "teaching"))


def downgrade() -> None:
    op.execute("UPDATE snapshots SET cause = 'audit' WHERE cause = 'teaching'")
    _causes(CAUSES)
