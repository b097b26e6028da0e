"""Who lives in the demo: members here, people on other servers, and those whom a doorkeeper is for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo. `days` is the age of their account; no domain: a member here."""

    name: str
    shown: str
    note: str = ""
    domain: str | None = None
    days: float = 400
    language: str = "en"


MEMBERS = (
    Person("ana", "Ana", "Librarian. Soup, trams, sourdough.", days=700),
    Person("ben", "Ben", "Cycling along the Saône.", days=520),
    Person("chloe", "Chloé", "Traductrice. J’aime les cartes anciennes.", days=610, language="fr"),
    Person("nina", "Nina", "Nurse on the night shift, birds by day.", days=90),
    Person("tomas", "Tomás", "Small SQLite tools. Ask me about indexes.", days=30),
)

REMOTES = (
    Person("ravi", "Ravi", "Maps and copper kettles.", "velo.example", 1400),
    Person("ingrid", "Ingrid", "The lighthouse keeper.", "fjord.example", 2100),
    Person("luc", "Luc", "Boulanger à Lyon.", "pain.example", 900, "fr"),
    Person("marta", "Marta", "Peat bogs and their birds.", "bog.example", 350),
)

SENDERS = tuple(
    Person(f"winner_{number}", f"winner_{number}", "", f"promo{number % 4}.example", days=0.1 + (number - 7700) / 24)
    for number in range(7700, 7709)
)
"""A spam wave's: young accounts on a few young domains."""

HOSTILE = (
    Person("grudge", "grudge", "", "angry.example", 40),
    Person("frappe", "frappe", "", "colere.example", 12, "fr"),
    Person("carpets4u", "Carpets 4 U", "The best carpets.", "shop.example", 60),
)

APPLICANTS = (
    (
        Person("edith", "Edith"),
        "I run the choir at Saint-Just and want to post our concerts. Ana told me of you.",
    ),
    (Person("karim", "Karim"), "Je répare des vélos à la Guillotière, et j’ai envie d’un endroit sans publicité."),
    (Person("growth_guru", "Growth Guru"), "I help brands reach 10k followers in 30 days!!"),
)
"""Those who would like to come in, with what they wrote."""

EVERYBODY_ELSEWHERE = (*REMOTES, *SENDERS, *HOSTILE)

FOLLOWS = (
    ("ana", "ben"), ("ben", "ana"), ("ana", "chloe"), ("chloe", "ana"), ("nina", "ana"), ("tomas", "nina"),
    ("ana", "ravi@velo.example"), ("ana", "ingrid@fjord.example"), ("chloe", "luc@pain.example"),
    ("ben", "ravi@velo.example"), ("nina", "marta@bog.example"), ("tomas", "ingrid@fjord.example"),
    ("ana", "nina"), ("ben", "nina"),
)  # fmt: skip
