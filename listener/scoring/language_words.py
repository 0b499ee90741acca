"""The small words of languages in Latin letters: articles, pronouns, prepositions and the like, by which a short text is told.

They belong to a language as its grammar does. A word of several languages stands under each, so that it speaks for none alone.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, repeat

from listener.scoring.language_romanised import TELLING

_SMALL = {
    "en": """
        the a an and or but if of to in on at by for from with without about into over after before than then as is are am was were be
        been being do does did don't doesn't didn't have has had haven't hasn't having will would won't can can't cannot could should
        i i'm i've i'll i'd me my mine you you're your yours u ur he she it it's its we we're our us they they're their them this that
        that's these those there here what what's when where which who whom whose why how not no yes isn't aren't wasn't weren't
        so just very too only also again still never ever always now today tomorrow yesterday tonight
        some any all many much more most other another every each got get gets getting go goes going went make made take took
        please thanks thank thx sorry hey hello really right same up down out off back because while until since
        let's need want know think good bad new old my first last one two im dont cant wont didnt doesnt isnt thats whats
        """,
    "de": """
        der die das den dem des ein eine einen einem einer eines und oder aber wenn dass daß weil als wie wo was wer warum wann ich du er sie es
        wir ihr mich mir dich dir uns euch ihm ihn ihnen mein meine meinen dein deine sein seine unser ist sind bin bist war waren wird werden
        wurde hat habe haben hatte hast kann kannst können muss müssen soll will wollen nicht kein keine keinen nie nur auch noch schon
        mal doch ja nein so sehr mehr viel immer wieder jetzt heute morgen gestern hier da dort mit ohne von vom zu zum zur bei beim nach
        für auf aus an am im in ins über unter vor um durch bis seit gegen ne nen hab gibt geht macht man sich gut danke bitte
        alle alles etwas nichts dann denn weiter ganz euer eure dieser diese diesen diesem dieses gern gerne leider vielleicht eigentlich
        einfach endlich wirklich echt gerade grad wohl eben halt ob obwohl damit dafür dafuer davon dazu darum deshalb trotzdem sondern jeder
        jede jedes jeden einige beide beiden andere anderen wieso weshalb welche welcher welches unsere unserem ihre ihren deren dessen
        könnte könnt würde würden sollte sollten möchte mag wollen wollte lassen lässt kommt kommen gehen sehen sieht sagt sagen findet
        heißt heisst beste bester besten neue neuer neuen neues viele vielen dank fuer ueber koennen muessen weiß weiss wieviel zwei drei
        """,
    "fr": """
        le la les l un une des du de d et ou mais si que qu qui quoi dont où quand comment pourquoi je j tu il elle on nous vous ils elles
        me m te t se s lui leur leurs mon ma mes ton ta tes son sa ses notre nos votre vos ce cet cette ces c ça ca cela est suis es sont
        sommes êtes était sera été ai as a avons avez ont avait pas ne n plus jamais rien tout tous toute toutes très trop bien aussi
        encore déjà toujours avec sans pour par sur sous dans en au aux chez vers entre y merci oui non fait faire faut peut alors donc
        c'est j'ai n'est qu'il d'un d'une quel quelle comme même peu être avoir parce
        """,
    "es": """
        el la los las un una unos unas lo de del al y e o u pero si que qué quien quién cual cuando cuándo donde dónde como cómo porque por
        para con sin sobre entre hasta desde en a yo tú él ella ello nosotros ustedes ellos ellas me te se nos le les mi mis tu tus su sus
        este esta esto estos estas ese esa eso es son soy eres fue era ser estar está están estoy hay ha he has han había tiene tengo no
        ni nunca nada todo todos toda todas muy más mas menos ya también tambien solo sólo así asi bien gracias hoy ayer mañana siempre
        cada otra otro puede hace voy va
        """,
    "pt": """
        o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela para pra pro com sem sobre entre até e ou mas se que quem
        qual quando onde como porque eu tu você voce vc vcs ele ela nós eles elas me te lhe meu minha meus minhas teu tua seu sua seus suas
        este esta isto esse essa isso aquele aquela é são sou foi era ser está estão estou tá to tem tenho têm há não nao nem nunca nada
        tudo todo todos toda todas muito mais menos já ja também tambem só assim bem obrigado obrigada hoje ontem amanhã sempre ainda
        agora aqui lá vai vou faz gente né ao aos à
        """,
    "it": """
        il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla dai in nel nella nei nelle
        con su sul sulla per tra fra e ed o ma se che chi cui quale quando dove come perché perche io tu lui lei noi voi loro mi ti si ci vi
        mio mia miei tuo tua suo sua nostro questo questa questi queste quello quella è sono sei siamo era essere ha ho hai hanno abbiamo
        aveva non né mai niente nulla tutto tutti tutta molto più meno già anche solo così bene grazie oggi ieri domani sempre ancora ora
        qui poi fa fare c'è cosa l'ho dell nell all sta
        """,
    "nl": """
        de het een en of maar als dat die dit deze wat wie waar wanneer waarom hoe ik jij je hij zij ze wij we jullie mij me jou hem haar ons hun
        mijn jouw zijn onze is ben bent was waren wordt worden heeft heb hebben had kan kunnen moet moeten zal wil niet geen nooit niets
        alles alle veel meer heel erg ook nog al toch wel ja nee nu vandaag gisteren morgen altijd weer hier daar met zonder van voor door
        op uit in aan bij naar om over onder tot dan er te goed dank bedankt
        """,
    "sv": """
        och att det som en ett den är jag du han hon vi ni de mig dig oss er inte på för med av till från om men har hade kan ska vill när var
        hur vad varför mycket också bara nu här där ingen inget alla allt sig sin min din så
        """,
    "da": """
        og at det som en et den er jeg du han hun vi i de mig dig os ikke på for med af til fra om men har havde kan skal vil når hvor hvordan
        hvad hvorfor meget også kun nu her der ingen alle alt sig sin min din så
        """,
    "no": """
        og å at det som en et den er jeg du han hun vi dere de meg deg oss ikke på for med av til fra om men har hadde kan skal vil når hvor
        hvordan hva hvorfor mye også bare nå her der ingen alle alt seg sin min din så
        """,
    "pl": """
        i w z na do nie się jest to że jak ale od po za przez dla przy czy co kto gdzie kiedy dlaczego ja ty on ona my wy oni mnie mi ci go jej
        ich mój moja twój są był była było być mam ma mają tylko też już jeszcze bardzo więc tak ten ta te tym
        """,
    "tr": """
        ve bir bu da de için ile çok ama değil ne mi mı mu ben sen biz siz onlar bana sana beni seni var yok olan olarak gibi daha en kadar
        sonra her şey neden nasıl ki hiç şimdi bile
        """,
    "id": """
        yang dan di ke dari ini itu untuk dengan tidak ada aku saya kamu kita mereka nya akan sudah udah bisa juga atau kalau karena jadi lagi
        banget gak nggak tak apa siapa kenapa sama buat
        """,
    "tl": """
        ang ng sa mga na ay at ako ka siya kami tayo kayo sila ko mo niya namin natin hindi ito iyan yan lang naman din rin po ba kung para kasi
        wala may pa pero talaga
        """,
    "fi": """
        ja on ei se että en oli ole mutta niin kun kuin minä sinä hän me te he mun sun minun sinun joka mikä mitä missä miksi nyt vain myös vielä
        jo kanssa tämä olen olet ovat hyvä kiitos
        """,
    "ro": """
        și si în de la cu pe din pentru nu este e sunt am ai are au un o care ce cum când unde eu tu el ea noi voi ei mai foarte fără dar sau
        dacă că mă te se îmi asta
        """,
    "hi": """
        ka ki ko ke ne se pe par hi to me mein main hum tum tu aap ho hu hun koi kar kal ek tak sab na mat ya jab tab ab abhi jo wo ye yeh
        woh tha the mere tere bas fir pr
        """,
}

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_ASCII_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")
_APART = bytes(code if chr(code) in string.ascii_letters + "'" else 32 for code in range(256))
_FOREIGN = 1 << 32


def by_word(*lists: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Which languages each word is of; `lists` are words by language, with spaces between."""
    tongues: dict[str, tuple[str, ...]] = {}
    for code, words in chain.from_iterable(one.items() for one in lists):
        for word in words.split():
            known = tongues.get(word, ())
            tongues[word] = known if code in known else (*known, code)
    return tongues


@cache
def _small() -> dict[str, tuple[str, ...]]:
    return by_word(_SMALL, TELLING)


def words_of(text: str) -> list[str]:
    """The words of a text in small letters; numbers, signs and emoji are none."""
    if not text.isascii():
        return _WORD.findall(text)
    apart = text.encode().translate(_APART).decode()
    return _ASCII_WORD.findall(apart) if "'" in apart and _has_loose_mark(apart) else apart.split()


def _has_loose_mark(apart: str) -> bool:
    """Whether an apostrophe stands elsewhere than within a word."""
    return "' " in apart or " '" in apart or "''" in apart or apart[0] == "'" or apart[-1] == "'"


def surely_english(words: Sequence[str]) -> int:
    """How many of the words are small words of English, where no other language can have more; 0 where one may."""
    foreign, english = divmod(sum(map(_counting().get, words, repeat(0))), _FOREIGN)
    return english if foreign <= english else 0


@cache
def _counting() -> dict[str, int]:
    """What a small word counts: 1 where it is English, and `_FOREIGN` where it is of another language; many are both."""
    return {word: ("en" in codes) + (_FOREIGN if codes != ("en",) else 0) for word, codes in _small().items()}


def small_words(words: Sequence[str]) -> dict[str, int]:
    """How many of the words are small words of each language; languages without one are left out."""
    counts: dict[str, int] = {}
    for codes in filter(None, map(_small().get, words)):
        for code in codes:
            counts[code] = counts.get(code, 0) + 1
    return counts


def foreign(words: Iterable[str]) -> Counter[str]:
    """How many of the words are small words of each language and none of English."""
    codes = map(_small().get, words)
    return Counter(code for several in codes if several and "en" not in several for code in several)


def most_foreign(words: Iterable[str]) -> int:
    """The most small words that stand here of one language and are none of English."""
    return max(foreign(words).values(), default=0)
