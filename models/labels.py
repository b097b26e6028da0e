"""The seven labels of the text model, in the order of its weight columns."""

from typing import Final

LABELS: Final[tuple[str, ...]] = ("hate", "harassment", "violence", "sexual", "self_harm", "spam", "toxic")
HOLDING: Final[tuple[str, ...]] = ("hate", "violence", "spam")
"""Labels that may hold from the first day; they share one budget of harmless posts held."""
LANGUAGES: Final[tuple[str, ...]] = ("en", "fr")
"""Languages that the shipped model was trained for; in any other it abstains."""
