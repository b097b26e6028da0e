"""Hashtags that differ in accents alone are one: #Café and #cafe."""

# What was joined stays joined: `name` keeps how each was written.

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None

ACCENTED = "àáâãäåāăąçćĉċčðďđèéêëēĕėęěĝğġģĥħìíîïĩīĭįıĵķĸĺļľŀłñńņňŉŋòóôõöøōŏőŕŗřśŝşšſţťŧùúûüũūŭůűųŵýÿŷźżž"
PLAIN = "aaaaaaaaacccccdddeeeeeeeeegggghhiiiiiiiiijkklllllnnnnnnooooooooorrrssssstttuuuuuuuuuuwyyyzzz"
FOLDED = str.maketrans(ACCENTED, PLAIN)
OWNERS = {"post_tags": "post_pk", "followed_tags": "account_id", "featured_tags": "account_id"}


def upgrade() -> None:
    connection = op.get_bind()
    for name, owner in OWNERS.items():
        table = sa.table(name, sa.column("tag"), sa.column(owner))
        for tag in _accented(connection, sa.select(table.c.tag).distinct()):
            _join(connection, table, table.c[owner], tag)
    trends = sa.table("trends", sa.column("kind"), sa.column("key"), sa.column("allowed", sa.Boolean))
    for key in _accented(connection, sa.select(trends.c.key).where(trends.c.kind == "tag")):
        _join_trend(connection, trends, key)


def downgrade() -> None:
    pass


def _accented(connection: sa.Connection, query: sa.Select[Any]) -> list[str]:
    tags = [row[0] for row in connection.execute(query)]
    return [tag for tag in tags if tag.translate(FOLDED) != tag]


def _join(connection: sa.Connection, table: sa.TableClause, owner: sa.ColumnClause[int], tag: str) -> None:
    """Whose hashtag is there without accents already keeps that one."""
    plain, there = tag.translate(FOLDED), table.alias()
    twice = sa.select(there.c[owner.name]).where(there.c.tag == plain)
    connection.execute(sa.delete(table).where(table.c.tag == tag, owner.in_(twice)))
    connection.execute(sa.update(table).where(table.c.tag == tag).values(tag=plain))


def _join_trend(connection: sa.Connection, trends: sa.TableClause, key: str) -> None:
    """What somebody refused stays refused; what was shown in one spelling alone is looked at again."""
    plain = key.translate(FOLDED)
    both = sa.select(trends.c.key, trends.c.allowed).where(trends.c.kind == "tag", trends.c.key.in_([key, plain]))
    said = {row.key: row.allowed for row in connection.execute(both)}
    one = (trends.c.kind == "tag") & (trends.c.key == key)
    if plain not in said:
        connection.execute(sa.update(trends).where(one).values(key=plain))
        return
    allowed = False if False in said.values() else said[plain] if said[key] == said[plain] else None
    connection.execute(sa.delete(trends).where(one))
    other = (trends.c.kind == "tag") & (trends.c.key == plain)
    connection.execute(sa.update(trends).where(other).values(allowed=allowed))
