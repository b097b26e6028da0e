"""Which checks there are, in the order in which they run."""

from __future__ import annotations

from typing import Final

from moderation.checks import behaviour, domains, duplicates, links, listed, nudity, patterns, sending, text
from moderation.checks.values import Check

# A new check is a file beside this one, a line here and a line in the policy. The rules that an instance writes itself
# come last.
CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("domain_rules", domains.check),
    ("text", text.check),
    ("sending", sending.check),
    ("behaviour", behaviour.check),
    ("near_duplicates", duplicates.check),
    ("link_rules", links.check),
    ("patterns", patterns.check),
    ("listed_hashes", listed.check),
    ("nudity", nudity.check),
)
