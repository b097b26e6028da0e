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

_MORE: Final[Mapping[str, str]] = {
    # Since format 3. Words of kinds that are above, and kinds of their own; signs are read as words are.
    "sexist": """
        bitch bitches whore whores slut sluts cunt cunts hoe hoes hoez ho hos thot thots skank skanks feminazi
        feminazis femoid femoids foid foids roastie roasties cumdump cumdumpster bimbo wench harpy hag hags
        bitchy slutty whorish thottie tramp tramps gold-digger cow cows sandwich kitchen hypergamy alimony hysterical
        salope salopes pute putes petasse petasses pouffiasse pouffe connasse connasses chienne chiennes garce garces
        grognasse trainee trainees cagole thon cuisine menagere""",
    "ableist": """
        retard retards retarded retardation tard tards libtard libtards autist autists autistic spastic spaz mong
        mongoloid mongoloids cripple cripples gimp midget midgets sperg downie downies imbecile cretin
        mongol mongolien mongoliens trisomique attarde attardes debile debiles autiste gogol""",
    "group": """
        islamic moslem moslems mosque mosques synagogue zionist zionists israel judaism hasidic homosexuality homo
        bi lgbt lgbtq lgbtqia nonbinary enby transwomen transwoman transmen transman trannys female male males men
        man girl boys wife wives mother mothers feminist feminism lady ladies minority minorities ethnic ethnics
        race races racial african-american hispanic latina latinas mexico puerto cuban cubans guatemalan haitian
        haitians jamaican ethiopian ethiopians kenyan sudanese moroccan moroccans tunisian egyptian egyptians iraqi
        iranian iran iraq saudi saudis yemeni lebanese kurd kurds kurdish turkish turkey syrian palestinian
        palestine gaza israeli afghan bangladeshi bengali tamil tamils nepali indonesian malay thai vietnamese
        filipina cambodian tibetan uyghur mongolian korean chinaman russian ukrainian polish romanian bulgarian
        bulgarians hungarian albanian serb serbs bosnian bosnians croat croats greek greeks irish scottish welsh
        travellers traveller sinti aboriginal aboriginals aborigines indigenous maori inuit native redskins
        christian catholic protestant evangelicals mormon mormons buddhist atheist hindu sikh jain pagan
        disability disabilities wheelchair deaf blind autism crippled handicapped mentally dwarf dwarfs elderly
        boomer boomers migrants aliens illegals newcomers deportees citizens nonwhite nonwhites nonwhite colored
        coloured negroid caucasian caucasians aryan white
        maghrebine algerienne marocaine tunisienne senegalaise malienne malien congolais congolaise camerounais
        ivoirien ivoiriens antillais antillaise guadeloupeens kabyle kabyles berbere berberes kurdes turque turques
        syrienne afghans afghane pakistanais bangladais vietnamiens vietnamien coreen coreens japonaise asiatiques
        indienne roumaine roumain bulgare bulgares albanais serbes tchetchenes tziganes tzigane manouches manouche
        islam islamique mosquee mosquees synagogue catholique protestants chretien chretienne bouddhistes hindous
        athees transgenres transgenre transsexuels transexuel bisexuelle homosexuel homosexualite lgbt sourds sourd
        aveugles aveugle handicape handicap vieux vieilles meuf meufs nana nanas fille filles garcons hommes homme
        feministe migrants migrant clandestin sans-papiers refugie blanches blanche blanc noire peau
        👳 🧕 ✡ 🕋 ☪ 🕌 🕍 🏳 🌈 ⚧ 🏿 🏾
        🏽 👲 ♿ 👴 👵 👬 👭 👩 👧""",
    "slur": """
        shitskin shitskins mudslime mudslimes muzzrat muzzrats muslimes musloid islamonazi sheboon sheboons
        nignog nignogs jigaboo darkie darkies darky negro negroes negros niglet niglets groid groids dindu dindus
        pajeet pajeets chinks chinky slant gyppo gyppos gypo pikey pikeys libtard libtards mong mongoloid mongoloids
        spastic spaz homos poof poofs poofter poofters fudgepacker lesbo lesbos dykes ladyboy troon troons trannie
        jap japs nip nips squaw injun abo abos wop wops dago dagos greaseball polack polacks honky honkies cracker
        crackers whitey wigger wiggers femoid femoids foid foids feminazi feminazis thot thots roastie roasties
        skank skanks bimbo hoe hoes hoez ho hos cumdump cumdumpster shiksa kraut krauts paddy camel haji hajis
        jihadi jihadis goatfucker goatfuckers towel sand illegals anchor heeb heebs hymie yid yids shylock goyim
        zog jewess bulldyke butch sodomite sodomites degenerates fagot fagots faggy fggt cripple gimp midget midgets
        retarded retardation tard tards autist autists sperg untermensch mudblood halfbreed mongrel mongrels ape
        bamboula bamboulas macaque macaques feuj feujs youtre youtres chinetoque chinetoques niak romano
        romanos travelo travelos trav fiotte fiottes pedale pedales pd tantouze tantouzes goudou goudous mongol
        mongolien mongoliens trisomique attarde attardes feminazie boche boches rital ritals polak portos
        negresse negresses negro melon melons gris islamo crasseux crasseuse""",
    "vermin": """
        vile inhuman inhumane demon demons devil devils satanic evil monster monsters ghoul ghouls beast beasts
        swine dog dogs pig hyenas snakes snake weasels worm worms bug bugs insects insect ticks tick bacteria germs
        infection infected toxic poison sewer sewage excrement feces turd turds dung dirt mud smell smelly stink
        stench inbred uncivilised uncivilized barbaric barbarian barbarians primitive backward mindless lowlife
        lowlifes trashy rapist pedo pedos paedophiles groomer groomers murderer murderers thief thugs thug invaders
        invader invasion invading horde hordes swarm swarms overrun cult parasitic useless freeloaders welfare
        lazy violent dangerous diseased cancerous abomination perverts pervert perverted predators predator
        mentalement malade malades monstre demon demons diable diables satan bestioles bestiole insectes serpents
        serpent vipere chiens chien porc chienne microbe microbes virus infection pourriture pourris pourri puent
        pue puants puant crades crade degoutant degoutants degueulasse degueulasses barbares barbare primitifs
        arrieres assistes profiteurs parasites envahisseurs envahisseur envahir invasion hordes horde racailles
        delinquants delinquant criminel violeur voleur terroriste pedophile pervers assassins assassin
        🐀 🐁 🪳 🐒 🐵 🐷 🐖 🐍 🐛 🦠
        💩 🗑 🤡 🐶 🦍 🦧 🐗 🐐 🐪 👹 👺""",
    "kill": """
        murdered murders shooting shoots stabbed stabbing stabs slaughtered butchered beheaded executed hanging hangs
        strangled strangle massacre massacred suffocate decapitate noose lynching headshot bullets execution
        assassine assassiner assassines abattu abattus tues tuee egorge egorges fusille fusillez liquider crevent
        pendus pendu decapiter massacrez massacres butez bute
        🔪 🔫 💣 ⚰ ☠ 🗡 🪓 🩸""",
    "hurt": """
        beating beaten punched punching kicked kicking smashed slap slapped bash bashed burnt burned burns tortured
        raping attacked attacking bombed bombing whip whipped cane crush crushed destroy destroyed suffer pain
        frappe frapper cogner cogne tapez tape gifle gifler bruler brulez viole violee casse crame cramer souffrir
        taper torturer exploser detruire""",
    "wipe": """
        exterminating gassing deporting deportation eradicating cleansing removal remove kicked segregate segregated
        segregation ban banned sterilise sterilize castrate castrated neutered nuke nuked nuking chambers chamber
        oven ovens auschwitz holocaust hitler camps camp cage caged slavery slaves slave enslaved ropes rope tree
        remigration expulsion expulsez expulse charter charters fours chambre chambres castrer castrez esclavage
        esclaves esclave shoah camps eradication valise""",
    "insult": """
        dumbfuck dipshit shithead jackass douche douchebag twat twats cucks cuck simp simps incel incels wench hag
        hags harpy crazy insane psycho delusional brainless brainwashed ignorant clueless trashy worthless hideous
        fatty lardass nutjob wacko lunatic crybaby snowflake snowflakes fool fools foolish moronic idiotic stupidity
        dummy dunce bozo sucker scum bastards whores sluts cunts bitches fugly gross nasty lame hypocrite hypocrites
        lying liars liar shitty crap suck sucks sucked hole
        debiles idiote idiots conasse cons connes abrutis cretins imbeciles naze nazes guignol clown clowns charlot
        charlots bolosse boloss tocard tocards merdeux merdeuse fdp fils-de-pute putes ordure pouffiasse pouffe
        pouf trainee thon cageot salopard salopards enfoire enfoires ignare hypocrite menteur menteuse folle fou
        tare tares cingle cingles truie vache grognasse laideron moches bouffonne
        🖕 🤦 🙄""",
    "hate": """
        hated hating hatred loathing despised disgusted revolting repulsive revolts intolerable unbearable wish
        haine hait haissent detester detestent vomir vomis degoute degoutent ecoeure insupportable
        🤮 🤢 😡 🤬 😠 👎 😒""",
    "good": """
        loved loving wonderful amazing nice sweet joy joyful peace peaceful equal equality welcomed support
        supporting supports pride hope hopeful safe community congrats congratulations hug hugs smile smiling
        adorable brave inspiring together family families honour honor heroes hero admire admires appreciate
        aimer aimons adorons paix joie egalite soutien soutenir espoir famille familles fier merveilleux
        magnifique super genial bravo bisous courage ensemble communaute
        ❤ 😍 🥰 💖 🙏 🎉 😊 🤗 👏 💕""",
    "prize": """
        investment investments investor trading trader signals broker bonus bonuses coins airdrops staking defi
        metamask seed deposit withdraw withdrawal payout cashback lotto winner prizes vouchers coupon coupons promo
        discount replica replicas rolex pills cialis steroids seo backlinks ranking traffic likes subscribers leads
        bets betting slots spins roulette poker paypal cashapp giftcard ringtone ringtones
        investissement placement rendement trading cryptos bonus dividendes gratuit abonnes vues credits rachat
        jeton loto pari paris casino machines mutuelle cpf promo soldes
        🚀 💰 💸 🤑 🎁 💵""",
    "link": """
        links url onlyfans signal discord instagram snapchat skype email mail dm inbox number text txt sms call
        whatsapp telegramme numero mp dm adresse mail appel appelez appelle
        👉 ➡ 🔗 📩 📲""",
    "sex": """
        penis vagina orgasm orgasms fucked erotic erotica escort escorts webcam camgirl nudity thong panties lingerie
        fetish kinky masturbate masturbating boner naked handjob threesome nipples nipple clit dildo
        penis vagin orgasme erotique escorte baise baiser sodomie gode fesse fesses nichons cul bander branler
        masturber
        🍆 🍑 💦 👅 🔞""",
    "self": """
        starve starving anorexia ana bulimia scars scar blade blades razor hopeless worthless burden jump bridge
        train rope hang pendre sauter lame lames rasoir cicatrices fardeau noyer ponts
        antidepresseurs somnifere""",
    "swear": """
        fuck fucking fucked fuckin fucks fucker fuckers motherfucker motherfuckers motherfucking shit shits bullshit
        shitshow damn damned goddamn hell ass asses arse wtf stfu gtfo lmao af bloody bollocks piss pissed crap dick
        dicks dickheads
        merde putain bordel chier chiant chiante foutre fous fout foutu bouffe bite couilles couille cul encules
        nique niquer niquent ntm fdp tg ferme gueule""",
    "them": """
        people person folk folks kind type types lot bunch crowd scums everyone everybody nobody anyone someone all
        every most none
        gens personnes personne tous toutes chaque aucun monde type mec mecs""",
    "should": """
        should must ought need needs deserve deserves deserved let lets let's time must've wish hope hopefully
        faut doit doivent devrait devraient merite meritent faudrait laissez laisser""",
    "home": """
        country countries nation nations border borders land europe america usa uk england britain france germany
        israel africa homeland soil town city neighbourhood neighborhood schools west western civilisation
        civilization society culture
        pays nation frontiere frontieres patrie terre sol ville quartier quartiers cite cites ecole ecoles societe
        culture""",
    "her": """
        she her hers herself he him his himself
        elle lui il""",
}  # fmt: skip

KINDS: Final[tuple[str, ...]] = tuple(dict.fromkeys((*_WORDS, *_MORE)))


def kinds(*, more: bool = True) -> Mapping[str, int]:
    """Every word with the number of its kind, from 1; a word in two lists has the kind of the first.

    Without `more` those that the features of format 2 know.
    """
    found: dict[str, int] = {}
    for listed in (_MORE, _WORDS) if more else (_WORDS,):
        for kind, words in listed.items():
            for word in words.split():
                found.setdefault(word, KINDS.index(kind) + 1)
    return MappingProxyType(found)
