"""What is said in the demo, in order. Minutes count back from now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One post. `who` is a name here, or name@domain; `to` is somebody whom it names."""

    minutes_ago: float
    who: str
    text: str
    answers: int | None = None
    """The place in this list of what it answers."""
    to: str | None = None
    warning: str = ""
    picture: str = ""
    """The description of a picture that comes along."""
    language: str = "en"


LINES = (
    Line(2600, "ingrid@fjord.example", "The fog lifted at four and there were eleven gannets on the north rock. #birds"),
    Line(2500, "ana", "Does anyone have a good recipe for lentil soup without tomatoes? #soup"),
    Line(2480, "ben", "Carrots, cumin, a spoon of vinegar at the end. Trust the vinegar.", answers=1, to="ana"),
    Line(2300, "luc@pain.example", "Le four est chaud à quatre heures ; la première fournée est pour les infirmières.", language="fr"),
    Line(2100, "nina", "Night shift done. A blackbird was louder than all the monitors together. #birds"),
    Line(1900, "ravi@velo.example", "Repaired the copper kettle. It sings a third lower now.", picture="A copper kettle on a bench"),
    Line(1700, "chloe", "Trouvé une carte du port de 1764, avec une île qui n’existe pas. #cartes", language="fr"),
    Line(1500, "tomas", "A covering index turned 40 ms into 0.3 ms. I keep reloading the page just to look at it. #sqlite"),
    Line(1300, "marta@bog.example", "Counted cranes on the bog since dawn: thirty-one, and one confused goose."),
    Line(1100, "nina", "What I saw tonight, behind a warning because it isn’t for breakfast.", warning="hospital"),
    Line(900, "ben", "The tram was late again but the light on the Saône was worth the wait. #lyon"),
    Line(880, "chloe", "Elle l’était. Je l’ai vue depuis le pont.", answers=10, to="ben", language="fr"),
    Line(700, "ana", "The library’s heating is back, and so are the chess players."),
    Line(410, "carpets4u@shop.example", "Lovely weather! By the way our carpets are half price this week, see carpets.shop.example", to="ana"),
    Line(400, "carpets4u@shop.example", "You seem nice, have you thought of a new carpet? carpets.shop.example", to="ben"),
    Line(300, "ingrid@fjord.example", "Grandmother’s almanac says storm on Thursday. The computer says sun. I have brought the boat in."),
    Line(64, "frappe@colere.example", "Les immigrés sont de la vermine, il faut tous les éliminer de ce pays.", to="chloe", language="fr"),
    Line(41, "grudge@angry.example", "I know where you live and I will come and break every bone in your body tonight.", to="nina"),
    Line(30, "tomas", "I hate all immigrants, they are vermin and should be wiped out."),
    Line(18, "ben", "Somebody at the market sold me “sourdough starter from 1848”. It is called Gérard and I believe everything."),
    Line(6, "ravi@velo.example", "Question for the hive: which is the quietest freewheel hub that you know?", picture="Two hubs"),
)  # fmt: skip

WAVE = (
    "Claim your free airdrop now before it closes, only {places} places left, tell all your friends "
    "https://{host}/claim"
)
WAVE_MINUTES_AGO = 24.0

REPORTS = (
    ("ana", "carpets4u@shop.example", (13,), "spam", "Ads for carpets under every post"),
    ("ben", "carpets4u@shop.example", (14,), "spam", "The same here"),
    ("nina", "ravi@velo.example", (5,), "other", "Is that kettle safe? Wrong button, sorry."),
)
"""Who, about whom, which lines, category, comment."""
