"""Kinds of words whose meeting says more than each of them: who, what is called what, what is to be done to whom.

A word here is no verdict. Pairs and triples of kinds in one text become features like any n-gram, so that what was
learnt of one group, threat or offer holds for another. Words stand as normalisation leaves them: in lower case and
without accents.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_WORDS: Final[Mapping[str, str]] = {
    "group": """
        muslim muslims islam jew jews jewish gay gays lesbian lesbians homosexual homosexuals trans
        transgender transgenders transsexuals immigrant immigrants refugee refugees migrant migrants
        blacks black africans african asian asians mexican mexicans women woman girls females feminists
        disabled gypsy gypsies roma arab arabs indian indians pole poles pakistani pakistanis chinese
        catholics hindu hindus sikh sikhs bisexuals bisexual queer queers autistic foreigners foreigner
        asylum romanians turks nigerians syrians palestinians israelis whites brown somalis afghans
        koreans japanese latinos latino hispanics christians natives ukrainians russians germans french
        english italians iraqis iranians albanians vietnamese filipinos albinos atheists buddhists
        musulman musulmans musulmane musulmanes juif juifs juive juives homosexuels homosexuelle
        homosexuelles gais lesbienne lesbiennes immigre immigres immigree immigrees refugies refugiee
        noir noirs noire noires asiatique asiatiques femme femmes handicapes handicapee gitan gitans
        gitanes rom roms arabe arabes africain africains africaine chinois migrante etranger etrangers
        etrangere roumains turc turcs maghrebin maghrebins algerien algeriens marocain marocains
        tunisiens syriens polonais indiens bisexuels autistes autiste catholiques feministes blancs
        clandestins palestiniens israeliens senegalais maliens portugais japonais chretiens italiens
        russes allemands espagnols""",
    "slur": """
        nigger niggers nigga niggas faggot faggots fag fags dyke dykes tranny trannies kike kikes spic
        spics chink chinks retard retards paki pakis muzzie muzzies raghead ragheads wetback wetbacks
        beaner beaners gook gooks towelhead towelheads coon coons sandnigger shemale cripple cripples
        bougnoule bougnoules negre negres youpin youpins pede pedes gouine gouines tapette tapettes
        tarlouze tarlouzes bicot bicots niakoue niakoues raton ratons crouille crouilles""",
    "you": """
        you your you're youre you'll you've ur u ya yall y'all yourself te toi tu t'es ton ta tes vous
        votre vos t'as""",
    "i": """
        i i'm im i'll i'd ill we we'll we're gonna imma ima je j'ai j'vais vais nous on moi va""",
    "my": """
        me my myself mine mon ma mes me m' mes""",
    "they": """
        they they're theyre them these those their ils elles eux ces leurs leur""",
    "kill": """
        kill kills killing killed murder stab shoot shot strangle slaughter butcher behead execute slit
        choke hang hanged lynch lynched gut tuer tue tuez tuons buter abattre abattez poignarder
        poignarde egorger etrangler massacrer planter pendez pendre tuerai bute crever creve crevez dead
        die dies death mort morte meurs mourir meurt""",
    "hurt": """
        beat hurt punch kick break smash burn rape torture attack bomb acid knife gun bullet rifle blood
        bleed skull teeth throat bones frapper casser brise brule bruler defonce defoncer demolir violer
        tabasser couteau flingue fusil balle bombe sang crane dents gorge os saigner arrache""",
    "wipe": """
        exterminate exterminated extermination gas gassed deport deported eradicate eradicated wiped
        erased expelled removed sterilised sterilized drowned drown cleansed banished genocide purge
        purged annihilated extermines exterminer exterminons elimines eliminer eliminez gaze gazes
        gazons deporter deportes eradiques eradiquer fusilles expulses expulser chasses chasser noyes
        noyez brules renvoyes renvoyez dehors supprimes steriliser""",
    "vermin": """
        vermin rat rats cockroach cockroaches parasite parasites animals disease filth filthy scum
        plague garbage subhuman subhumans pests leeches cancer savages trash apes maggots monkeys virus
        pigs lice inferior worthless degenerate degenerates freaks stinking dirty thieves rapists
        criminals pedophiles terrorists infest infesting breed vermine cafard cafards animaux betes
        maladie ordure ordures dechet dechets peste sous-hommes hommes nuisibles sangsues sauvages
        singes porcs racaille monstres inferieurs sales saletes degeneres voleurs violeurs menteurs
        criminels pedophiles terroristes crasse""",
    "insult": """
        idiot idiots moron loser clown imbecile worm dumbass asshole bitch cow pig slob coward creep
        prick wanker bastard cunt dickhead scumbag halfwit failure stupid ugly pathetic useless
        disgusting fat dumb ridiculous shit slut whore cretin abruti imbecile connard connasse salope
        minable lache enculé encule bouffon debile raclure con conne pute petasse batard moche
        pathetique grosse gros""",
    "hate": """
        hate hates despise loathe detest sick contempt disgust disgusts hais haissons deteste detestons
        meprise mepris execre marre supporte""",
    "out": """
        out leave banish back expel away gone crawl dehors virez chassez foutez retournez rentrez degage
        degagez partir""",
    "not": """
        not never no nobody don't dont won't doesn't can't cannot shouldn't pas jamais personne aucun ne
        rien n'est sans""",
    "said": """
        said wrote says shouted called claim claims quote report reported banned deleted moderators
        rules unacceptable wrong remember memorial victims against stop dit ecrit crie traitait signale
        supprime banni moderation moderateurs regles inacceptable victimes souvient commemore contre
        interdit""",
    "good": """
        love loves happy welcome proud thank thanks beautiful friend friends friendly neighbour
        neighbours help lovely kind great celebrate solidarity respect rights aime adore heureux
        heureuse bienvenue fiere merci beau belle ami amis amie voisin voisins aide gentil solidarite
        droits fete""",
    "story": """
        film movie book game novel episode plot quiz chess match team boss dragon villain process worker
        weeds server zombie coffee exam livre jeu roman episode equipe echecs dragon processus cafe
        examen finale""",
    "object": """
        printer laptop bus build regex compiler router vacuum oven css weather alarm bike kettle
        spreadsheet update bug traffic mondays meetings wasps mosquitoes cables car phone imprimante
        ordinateur routeur aspirateur four meteo reveil velo clavier bouilloire tableur voiture
        telephone lundis reunions moustiques guepes""",
    "self": """
        suicide suicidal suicider cut cutting pills overdose noose wrists scarifier coupe coupee cachets
        somniferes veines corde bleach""",
    "live": """
        live life living existing exist vivre vie exister end ending over finir fin goodbye adieu note""",
    "prize": """
        airdrop giveaway bonus voucher prize reward nft nfts usdt btc bitcoin crypto ethereum token
        tokens iphone gift cash presale wallet forex casino jackpot lottery loan loans credit profits
        profit earn income cadeau prime jetons concours prevente portefeuille gagner gagne gagnez pret
        credit benefices loterie viagra followers abonnes""",
    "claim": """
        claim grab collect redeem win won winner get receive register apply invest buy order subscribe
        click tap visit check join dm contact follow download reclame reclamez recupere recuperez
        recevez recois inscris clique cliquez visitez rejoins rejoignez contacte contactez abonne
        investis investissez achetez commandez profite profitez""",
    "urgent": """
        now today tonight hurry limited offer only left places spots seats slots free guaranteed instant
        tomorrow midnight soon urgent selected congratulations everybody everyone amis maintenant
        aujourd'hui vite limitee offre plus places gratuit gratuits gratuite garanti immediat demain
        minuit soir felicitations""",
    "link": """
        \ue000 bio telegram whatsapp channel link profile page website inbox lien profil canal chaine
        site mp""",
    "sex": """
        nudes nude horny cock dick pussy tits porn sex sexy naked milf hookup cum blowjob anal xxx
        onlyfans slut boobs bite chatte seins baiser sucer nue nu porno coquine coquines sexe queue
        jouir cul""",
    "where": """
        address house home school work kids family sleep door adresse maison ecole travail boulot
        enfants famille dors porte sommeil""",
}  # fmt: skip

KINDS: Final[tuple[str, ...]] = tuple(_WORDS)


def kinds() -> Mapping[str, int]:
    """Every word with the number of its kind, from 1; a word in two lists has the kind of the first."""
    found: dict[str, int] = {}
    for number, words in enumerate(_WORDS.values(), 1):
        for word in words.split():
            found.setdefault(word, number)
    return MappingProxyType(found)
