"""Lists of other servers in the formats in which they are met, read whole: each row is taken or has a reason."""

from moderation.domains.lists.reading import LONGEST, parse, require_entries
from moderation.domains.lists.values import Entry, Form, Import, Refusal, Retraction

__all__ = ["LONGEST", "Entry", "Form", "Import", "Refusal", "Retraction", "parse", "require_entries"]
