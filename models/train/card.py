"""Writes the model card of a version from what was measured, in English and in French."""

from typing import Any, Final

from models.labels import HOLDING, LABELS

FRENCH_MARK: Final = "\n<!-- fr -->\n"
_SIDE: Final = ("of", "held", "above_half", "toxic_above_half")

_ENGLISH: Final = {
    "title": "Text model {version}",
    "what": """What it is: a linear model over hashed word and character n-grams and the meeting of kinds of
words, run on every post. It gives seven labels a calibrated probability each, in English and
French; in other languages, and for less than three letters, it abstains. It proposes; people
decide. It never suspends anybody, and self-harm is care, never a hold.""",
    "data": """## Data

Public sets, about four fifths of each (their texts are not shipped), and sentences of our own
writing (`own`), with disguised copies of both. Rows per source:""",
    "origins": """Origins: Davidson 2017 (MIT), HateXplain (MIT), Contextual Abuse Dataset (CC BY 4.0),
HatemojiBuild (CC BY 4.0), EDOS (CC0), Toxic Spans (CC0), OpenAI moderation evaluation (MIT),
MLMA (MIT), UCI SMS Spam and YouTube Spam (CC BY 4.0), tg-spam (MIT). Language table distilled
from py3langid (BSD).""",
    "lines": """## Lines

A post is proposed for holding above the hold line: at most one harmless text in {hold_one_in}
of public traffic that the model had not seen, with 90 % confidence; hate,
violence and spam share that budget. The label line allows one in {label_one_in}.
`over` is how many of `harmless` texts were above.""",
    "own": """On our own sentences, by templates that the scoring model had not seen: share of harmful ones
held.""",
    "unseen": """## On unseen rows of the public sets

Precision depends on how much harm a set holds, and these hold much more than a timeline does.""",
    "left": """## On sets left out whole

What a new server's text is like: something that no training set looked like. ROC AUC of each
set, trained on all others.""",
    "together": "Hate, violence and spam together would have held {held} of {harmless} harmless texts.",
    "contrast": """## Harmless sentences that look harmful

Own sentences of each kind that any label's hold line caught, from models that had not seen
them.""",
    "functional": """## On sentences that no training saw

Functional tests of our own writing: each function is one way to harm or to be taken for harm by mistake. AUC by label,
and the share of functions judged rightly at one half, English and French.""",
    "wronged": """Harmless sentences that name people, by whom: the share that would get a label for hate.""",
    "languages": """By language, on our own sentences by templates that the scoring model had not seen: AUC, and
the share of harmless ones that the hold line takes by mistake.""",
    "alike": """## Harmless words that look like slurs

Of our own writing: a blue tit, a train that is late, faggots and peas, and beside them the same words meant as slurs.
Of `words` no training saw a harmless use, of `sentences` it saw the words in other sentences. Held: by any label's
hold line. Above one half: any label but toxic; toxic apart.""",
    "contact": """## Contact

Whoever runs this server answers for what the model does here; their address is on the page
about the server. What is wrong with the model itself is a bug of Ostiary: report it where its
source is. To contest what was done with a post of yours, use the appeal on its page: a person
reads it.""",
    "heads9": (
        "part",
        "harmless",
        "held",
        "above one half",
        "toxic above one half",
        "meant as slurs",
        "held",
        "above one half",
        "AUC",
    ),
    "parts": ("words", "sentences"),
    "heads6": ("label", "AUC en", "AUC fr"),
    "heads7": ("named", "labelled"),
    "heads8": ("label", "AUC en", "AUC fr", "harmless held en", "harmless held fr"),
    "right": ("harmful functions right", "harmless functions right"),
    "disguise": """## Under disguise

Share of held texts that are still held when disguised; harmless ones held under the same
disguise.""",
    "limits": """## Known failures

Quotation and counter-speech are told from the thing itself by a few words only; irony and
allusion not at all. Hate does not transfer well between kinds of text, so expect most of it to
be missed at the hold line. Violence, sexual
and self-harm have little public data: label only, until this server's own decisions carry more.
Of what violence's hold line took in the public sets about one in three was right. The public
sets are of Twitter, Reddit, Gab, SMS and YouTube, not of the fediverse; replace these figures
by your own. French rests mostly on our own sentences. A sentence in a long harmless text weighs
little. Texts of up to 53,000 characters are read whole, in parts; longer ones wait for a person.""",
    "heads": ("label", "hold", "label line", "over", "harmless", "own en", "own fr"),
    "heads2": (
        "label",
        "texts",
        "harmful",
        "AUC",
        "AP",
        "recall at hold",
        "precision at hold",
        "recall at 95 %",
        "Brier",
        "calibration error",
    ),
    "heads3": ("label", "set", "texts", "AUC"),
    "heads4": ("kind", "sentences", "held"),
    "heads5": ("disguise", "hate", "violence", "spam", "harmless held"),
    "source": ("source", "rows"),
}

_FRENCH: Final = {
    "title": "Modèle de texte {version}",
    "what": """Ce que c'est : un modèle linéaire sur des n-grammes hachés de mots et de caractères et sur la
rencontre de genres de mots, appliqué à chaque message. Il donne à sept étiquettes une
probabilité calibrée, en français et en anglais ; dans les autres langues, et pour moins de
trois lettres, il s'abstient. Il propose ; des personnes décident. Il ne suspend personne ;
l'automutilation appelle du soin, jamais une retenue.""",
    "data": """## Données

Des jeux publics, environ les quatre cinquièmes de chacun (leurs textes ne sont pas livrés), et
des phrases écrites pour ce projet (`own`), avec des copies déguisées des deux. Lignes par
source :""",
    "origins": """Origines : Davidson 2017 (MIT), HateXplain (MIT), Contextual Abuse Dataset (CC BY 4.0),
HatemojiBuild (CC BY 4.0), EDOS (CC0), Toxic Spans (CC0), évaluation de modération d’OpenAI
(MIT), MLMA (MIT), UCI SMS Spam et YouTube Spam (CC BY 4.0), tg-spam (MIT). Table des langues
distillée de py3langid (BSD).""",
    "lines": """## Seuils

Un message est proposé à la retenue au-dessus du seuil de retenue : au plus un texte inoffensif
sur {hold_one_in} du trafic public que le modèle n'avait pas vu, avec 90 % de
confiance ; haine, violence et spam se partagent ce budget. Le seuil d'étiquette en admet un sur {label_one_in}.
« dépassent » : combien de textes inoffensifs
étaient au-dessus.""",
    "own": "Sur nos propres phrases, par modèles de phrase jamais vus : part des phrases nuisibles retenues.",
    "unseen": """## Sur des lignes jamais vues des jeux publics

La précision dépend de la part de textes nuisibles, bien plus grande ici que dans un fil.""",
    "left": """## Sur des jeux entièrement mis de côté

Ce que sera le texte d'un nouveau serveur : rien de connu. AUC ROC de chaque jeu, appris sur
tous les autres.""",
    "together": "Haine, violence et spam ensemble auraient retenu {held} textes inoffensifs sur {harmless}.",
    "contrast": """## Phrases inoffensives qui ont l'air nuisibles

Nos phrases de chaque genre qu'un seuil de retenue a attrapées, par des modèles qui ne les
avaient pas vues.""",
    "functional": """## Sur des phrases qu'aucun apprentissage n'a vues

Tests fonctionnels de notre plume : chaque fonction est une façon de nuire, ou d'être pris pour
nuisible à tort. AUC par étiquette, et part des fonctions bien jugées à un demi, en anglais et en
français.""",
    "wronged": """Phrases inoffensives qui nomment des gens, selon qui : part qui recevrait l'étiquette de haine.""",
    "languages": """Par langue, sur nos propres phrases, par modèles de phrase jamais vus : AUC, et part des phrases
inoffensives que le seuil de retenue prend à tort.""",
    "alike": """## Mots inoffensifs qui ressemblent à des injures

De notre plume : un train en retard, une chatte grise, un raton laveur, et à côté les mêmes mots
employés comme injures. Des `mots`, aucun apprentissage n'a vu l'emploi inoffensif ; des `phrases`,
il a vu les mots, dans d'autres phrases. Retenues : par le seuil de n'importe quelle étiquette.
Au-dessus d'un demi : toute étiquette sauf « toxique », qui est comptée à part.""",
    "contact": """## Contact

Qui tient ce serveur répond de ce que le modèle y fait ; son adresse est sur la page du serveur.
Ce qui est faux dans le modèle même est un défaut d'Ostiary : signalez-le là où est son code. Pour
contester ce qui est arrivé à l'un de vos messages, faites appel depuis sa page : une personne le
lit.""",
    "heads9": (
        "partie",
        "inoffensives",
        "retenues",
        "au-dessus d'un demi",
        "toxique au-dessus d'un demi",
        "injures",
        "retenues",
        "au-dessus d'un demi",
        "AUC",
    ),
    "parts": ("mots", "phrases"),
    "heads6": ("étiquette", "AUC en", "AUC fr"),
    "heads7": ("nommés", "étiquetées"),
    "heads8": ("étiquette", "AUC en", "AUC fr", "inoffensives retenues en", "inoffensives retenues fr"),
    "right": ("fonctions nuisibles bien jugées", "fonctions inoffensives bien jugées"),
    "disguise": """## Sous déguisement

Part des textes retenus qui le restent une fois déguisés ; textes inoffensifs retenus sous le
même déguisement.""",
    "limits": """## Défauts connus

Citation et contre-discours ne se distinguent de la chose même que par quelques mots ; l'ironie
et l'allusion pas du tout. La haine se transfère mal d'un genre de texte à l'autre : la plupart
échappe au seuil de retenue. Violence, contenu
sexuel et automutilation ont peu de données publiques : étiquette seulement, jusqu'à ce que les
décisions de ce serveur en apportent. Au-dessus du seuil de retenue de la
violence, dans les jeux publics, un texte sur trois environ était bien violent. Les
jeux publics viennent de Twitter, Reddit, Gab, SMS et YouTube, pas du fédivers ; remplacez ces
chiffres par les vôtres. Le français repose surtout sur nos propres phrases. Une phrase dans un
long texte inoffensif pèse peu. Les textes jusqu'à 53 000 caractères sont lus en
entier, par parties ; les plus longs attendent une personne.""",
    "heads": ("étiquette", "retenue", "étiquette", "dépassent", "inoffensifs", "own en", "own fr"),
    "heads2": (
        "étiquette",
        "textes",
        "nuisibles",
        "AUC",
        "AP",
        "rappel à la retenue",
        "précision à la retenue",
        "rappel à 95 %",
        "Brier",
        "erreur de calibration",
    ),
    "heads3": ("étiquette", "jeu", "textes", "AUC"),
    "heads4": ("genre", "phrases", "retenues"),
    "heads5": ("déguisement", "haine", "violence", "spam", "inoffensifs retenus"),
    "source": ("source", "lignes"),
}


def render(version: str, figures: dict[str, Any]) -> str:
    """The card in Markdown: English, a mark, French."""
    return _render(version, figures, _ENGLISH) + FRENCH_MARK + _render(version, figures, _FRENCH)


def _render(version: str, figures: dict[str, Any], words: dict[str, Any]) -> str:
    parts = [
        "# " + words["title"].format(version=version),
        words["what"],
        words["data"],
        _table(words["source"], sorted(figures["sources"].items())),
        words["origins"],
        words["lines"].format(hold_one_in=2000, label_one_in=200),
        _table(words["heads"], [_line_row(label, figures["labels"][label]) for label in LABELS]),
        words["own"],
        words["languages"],
        _table(words["heads8"], [_language_row(label, figures["labels"][label]["own"]) for label in LABELS]),
        words["together"].format(**figures["together"]),
        words["unseen"],
        _table(words["heads2"], [_public_row(label, figures["labels"][label]["public"]) for label in LABELS]),
        *_left_out(figures, words),
        words["contrast"],
        _table(words["heads4"], [(kind, c["n"], c["held"]) for kind, c in sorted(figures["contrast"].items())]),
        words["disguise"],
        _table(words["heads5"], [_disguise_row(name, by) for name, by in sorted(figures["disguises"].items())]),
        *_functional(figures["functional"], words),
        words["alike"],
        _table(words["heads9"], _alike(figures["look_alikes"], words["parts"])),
        words["limits"],
        words["contact"],
    ]
    return "\n\n".join(parts) + "\n"


def _left_out(figures: dict[str, Any], words: dict[str, Any]) -> list[str]:
    rows = [
        (label, source, found["n"], found["auc"])
        for label, by_source in figures.get("left_out", {}).items()
        for source, found in by_source.items()
    ]
    return [words["left"], _table(words["heads3"], rows)] if rows else []


def _functional(found: dict[str, Any], words: dict[str, Any]) -> list[str]:
    english, french = found["en"], found["fr"]
    rows = [(label, english["auc"].get(label), french["auc"].get(label)) for label in LABELS if label in english["auc"]]
    shares = ("harmful_right", "harmless_right")
    rows += [(name, english[key], french[key]) for name, key in zip(words["right"], shares, strict=True)]
    named = list((french if words is _FRENCH else english)["wronged"].items())
    return [words["functional"], _table(words["heads6"], rows), words["wronged"], _table(words["heads7"], named)]


def _alike(found: dict[str, Any], named: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return [
        (
            f"{code} {name}",
            *(sides["harmless"][key] for key in _SIDE),
            *(sides["harmful"][key] for key in _SIDE[:3]),
            sides["auc"],
        )
        for code, parts in found.items()
        for name, sides in zip(named, parts.values(), strict=True)
    ]


def _language_row(label: str, own: dict[str, Any]) -> tuple[Any, ...]:
    names = ("auc", "harmless_held")
    return (label, *(own[code].get(name) for name in names for code in ("en", "fr")))


def _line_row(label: str, figures: dict[str, Any]) -> tuple[Any, ...]:
    lines, own = figures["lines"], figures["own"]
    held = [own[code].get("recall_at_hold", "–") for code in ("en", "fr")]
    return (label, lines["hold"], lines["label"], lines["exceeded"], lines["harmless"], *held)


def _public_row(label: str, found: dict[str, Any]) -> tuple[Any, ...]:
    names = ("auc", "average_precision", "recall_at_hold", "precision_at_hold")
    values = [found.get(name, "–") for name in names]
    at_95 = found.get("recall_at_precision_95", "–")
    ends = (found.get("brier", "–"), found.get("calibration_error", "–"))
    return (label, found["n"], found["positive"], *values, at_95, *ends)


def _disguise_row(name: str, by_label: dict[str, Any]) -> tuple[Any, ...]:
    recalls = [by_label[label]["recall"] for label in HOLDING]
    held = sum(found["harmless_held"] for found in by_label.values())
    return (name, *recalls, f"{held} / {by_label['hate']['harmless']}")


def _table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join("–" if cell is None else str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)
