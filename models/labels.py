"""The seven labels of the text model, in the order of its weight columns."""

from typing import Final

LABELS: Final[tuple[str, ...]] = ("hate", "harassment", "violence", "sexual", "self_harm", "spam", "toxic")
HOLDING: Final[tuple[str, ...]] = ("hate", "violence", "spam")
"""Labels whose hold lines share one budget of harmless posts held. By default hate and spam hold; violence only labels,
until a server's own decisions carry more and somebody has it hold."""
LANGUAGES: Final[tuple[str, ...]] = ("en", "fr")
"""Languages that the shipped model was trained for; in any other it abstains."""
