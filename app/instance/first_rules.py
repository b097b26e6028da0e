"""The six plain rules that a house begins with, in English and French, each with what is fine and what isn't."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a rule says, in both languages: itself, its explanation, an example of what is fine and of what isn't."""

    text_en: str
    text_fr: str
    hint_en: str = ""
    hint_fr: str = ""
    good_en: str = ""
    good_fr: str = ""
    bad_en: str = ""
    bad_fr: str = ""
    category: str = ""
    """What breaking it is called in the DSA's transparency database."""
    labels: str = ""
    """What it is about, codes with a space between."""


DEFAULTS = (
    RuleText(
        "Be kind. No harassment, no threats.",
        "Soyez bienveillants. Pas de harcèlement, pas de menaces.",
        "Following somebody around to hurt them counts, and so does calling others to do it.",
        "Poursuivre quelqu’un pour lui nuire en fait partie, tout comme inviter d’autres à le faire.",
        good_en="Disagreeing, sharply and about the matter: “This plan would be a disaster, and here is why.”",
        good_fr="Contredire, vivement et sur le fond : « Ce plan serait une catastrophe, et voici pourquoi. »",
        bad_en="Answering each of somebody’s posts to tell them that nobody wants them here.",
        bad_fr="Répondre à chaque message de quelqu’un pour lui dire que personne ne veut de lui ici.",
        category="CYBER_VIOLENCE",
        labels="harassment violence toxic",
    ),
    RuleText(
        "No hatred against people for what they are.",
        "Pas de haine envers les gens pour ce qu’ils sont.",
        "Origin, skin, religion, disability, gender, whom they love: none of it is a target.",
        "Origine, couleur, religion, handicap, genre, amour : rien de tout cela n’est une cible.",
        good_en="Quoting a slur to report or to condemn it, or a word that one’s own group has made its own.",
        good_fr="Citer une insulte pour la signaler ou la condamner, ou un mot que son groupe s’est réapproprié.",
        bad_en="Saying that people of a religion or an origin are vermin, or should be driven out.",
        bad_fr="Dire que les gens d’une religion ou d’une origine sont de la vermine, ou devraient être chassés.",
        category="ILLEGAL_OR_HARMFUL_SPEECH",
        labels="hate",
    ),
    RuleText(
        "No spam, no scams.",
        "Pas de spam, pas d’arnaques.",
        "That includes unasked advertising and posting the same thing to many strangers.",
        "Cela comprend la publicité non sollicitée et les envois répétés à des inconnus.",
        good_en="Telling those who follow you about your own shop or book, now and then.",
        good_fr="Parler de temps en temps de sa boutique ou de son livre à celles et ceux qui vous suivent.",
        bad_en="The same offer to fifty people who never asked; a page that imitates a bank.",
        bad_fr="La même offre à cinquante personnes qui n’ont rien demandé ; une page qui imite une banque.",
        category="SCAMS_AND_FRAUD",
        labels="spam",
    ),
    RuleText(
        "Put what may upset behind a warning.",
        "Mettez derrière un avertissement ce qui peut choquer.",
        "Nudity, blood and violence get a content warning, and their pictures are marked as sensitive.",
        "Nudité, sang et violence reçoivent un avertissement, et leurs images sont marquées comme sensibles.",
        good_en="A picture from a war behind “injured people”, marked as sensitive.",
        good_fr="Une image de guerre derrière « personnes blessées », marquée comme sensible.",
        bad_en="The same picture, open, in a public timeline.",
        bad_fr="La même image, visible de tous, dans un fil public.",
        category="OTHER_VIOLATION_TC",
        labels="sexual",
    ),
    RuleText(
        "Leave private what is private.",
        "Laissez privé ce qui est privé.",
        "Don’t publish others’ names, addresses, pictures or messages without their consent.",
        "Ne publiez pas les noms, adresses, images ou messages d’autrui sans leur accord.",
        good_en="Naming a minister in an article about her decisions.",
        good_fr="Nommer une ministre dans un article sur ses décisions.",
        bad_en="Posting a neighbour’s address, or a private message, to set others on them.",
        bad_fr="Publier l’adresse d’un voisin, ou un message privé, pour exciter les autres contre lui.",
        category="DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
        labels="privacy",
    ),
    RuleText(
        "Nothing against the law, and nothing that harms children.",
        "Rien d’illégal, et rien qui nuise aux enfants.",
        "Sexual content that involves or depicts minors is removed and reported, always.",
        "Les contenus sexuels impliquant ou représentant des mineurs sont supprimés et signalés, toujours.",
        good_en="Talking about abuse to help those who live through it.",
        good_fr="Parler d’abus pour aider celles et ceux qui les subissent.",
        bad_en="Selling stolen goods; any sexual picture of somebody who is, or is drawn as, a minor.",
        bad_fr="Vendre des objets volés ; toute image sexuelle d’une personne mineure, ou dessinée comme telle.",
        labels="illegal child_safety",
    ),
)
