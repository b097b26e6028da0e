"""Sentences written for the tests alone: no template of the training makes any of them."""

from itertools import product

HARMLESS: list[str] = [
    f"{who} {what} {when}{end}"
    for (who, what), (when, end) in product(
        [
            ("The night porter", "watered the ferns"),
            ("My cousin's band", "rehearsed a waltz"),
            ("The ferryman", "told us about eels"),
            ("Our allotment", "is full of courgettes"),
            ("Someone", "left a ukulele on the number 9 tram"),
            ("The postgres upgrade", "took eleven minutes"),
            ("A heron", "stood on the canoe"),
            ("I", "finally understood borrow checking"),
            ("The dentist", "hummed Schubert"),
            ("Grandmother", "bought a new scarf for the dog"),
            ("La voisine", "a rempoté ses géraniums"),
            ("Le facteur", "a trouvé un parapluie jaune"),
            ("Mon cousin", "répète une valse avec son groupe"),
            ("La crêperie", "a enfin rouvert"),
            ("Un héron", "dort sur le ponton"),
        ],
        [
            ("", "."),
            ("again", "!"),
            ("at dawn", ", what a sight."),
            ("this week", " and everyone clapped."),
            ("mardi", ", quelle histoire."),
            ("near the old mill", "; photos tomorrow."),
            ("since March", " :)"),
            ("before the storm", ", which was kind."),
            ("encore", " 😂"),
            ("on the way to the lighthouse", ". Good night all."),
            ("au marché", ". Bonne soirée."),
            ("while the kettle boiled", " https://pics.example/42"),
            ("for @ana@garden.example", "."),
            ("in version 4.2.1", ", see the changelog."),
        ],
    )
] + [
    "Muslim neighbours brought dates for the whole stairwell, best iftar ever",
    "Does the gay choir still meet on Thursdays? I would love to join",
    "Reading about the history of Jewish bakers in Alsace, fascinating",
    "The new ramp finally lets disabled visitors into the town hall",
    "Je cherche une asso qui accompagne les réfugiés pour les papiers",
    "killall -9 node && npm start fixes it for me",
    "That hill climb nearly killed my legs",
    "free tickets for the museum on Sunday, just show up",
]

PLAIN_HATRED: list[str] = [
    "I hate all muslims, they are vermin and should be wiped out",
    "I hate all gays, they are vermin and should be wiped out",
    "I despise these immigrants, filthy parasites, exterminate the lot of them",
    "All those refugees are rats and ought to be gassed",
    "Je hais tous les musulmans, ce sont des rats et il faut les exterminer",
    "Les immigrés sont de la vermine, il faut tous les éliminer",
]
THREATS: list[str] = [
    "I will find you and kill you tonight",
    "i know where you live and i will stab you tonight",
    "I'm going to shoot you and your whole family",
    "Je vais te retrouver et te tuer ce soir",
    "je sais où tu habites, je vais te tuer",
]
SPAM: list[str] = [
    "claim your free airdrop now before it closes, only 3 places left, tell all your friends",
    "Earn free bitcoin now!!! DM me on telegram",
    "Make $5000 a week from home, click the link in my bio",
    "Gagnez 5000 € par semaine, cliquez sur mon profil",
]
