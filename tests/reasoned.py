"""Texts, all invented, of which each shows one rule of how a text is read; their labels and reasons are in tests/golden/reasons.txt."""

from builders import client

from listener.domain.client import Cues, Own

MILLS = client(
    aliases=("Mills United",),
    query='Mills OR ("Old Saw House" OR Mills) AND refund',
    own=Own(handles={"x": "millshelp"}, sites=("mills.example",)),
    cues=Cues(negative=("splinter*",), positive=("bone dry",), neutral=("Sharp Crack",)),
)
GLOBEX = client("globex")
SUPER = client("super foods")

LONG = (
    "Mills has nice planks. "
    + "The town has a river, a mill and a market on Friday. " * 60
    + "Mills is nice."
)

TEXTS = (
    ("mask: the name says nothing", SUPER, "Super Foods never sent my refund"),
    ("mask: an alias", MILLS, "Mills United is in the town"),
    ("mask: a handle", MILLS, "@millshelp my order never came"),
    ("mask: a host", MILLS, "see shop.mills.example for the awful prices"),
    ("mask: a name term of the query", MILLS, "the Old Saw House kept me on hold for two hours"),
    ("mask: the joined spelling with its sign", SUPER, "#superfoods sold me rotten apples"),
    ("cue: complaint", MILLS, "Mills charged me twice for one order"),
    ("cue: praise", MILLS, "I highly recommend Mills"),
    ("cue: business news", MILLS, "Mills said its profit rose by 12 % in the first quarter"),
    ("cue: words that say nothing", MILLS, "Mills opens at nine, please bring your credit card"),
    ("cue: negated", MILLS, "no delay at Mills today"),
    ("cue: put right", MILLS, "Mills finally fixed my account"),
    ("cue: of this client", MILLS, "the boards of Mills are full of splinters"),
    ("cue: of this client, neutral", MILLS, "Mills has a new saw, the Sharp Crack"),
    ("words: negated", MILLS, "Mills is not a good shop"),
    ("emoji: ours", MILLS, "Mills 💔"),
    ("emoji: a row of them says no more than one", MILLS, "Mills 👏👏👏👏"),
    ("comparison: behind", MILLS, "Globex is better than Mills"),
    ("comparison: before", MILLS, "Mills is better than Globex, which is slow and rude"),
    ("comparison: a sign", GLOBEX, "mills > globex"),
    ("comparison: unlike", MILLS, "Unlike Globex, Mills answers the phone and is great"),
    ("move: away", MILLS, "switched from Mills to Globex and could not be happier"),
    ("move: here", GLOBEX, "switched from Mills to Globex and could not be happier"),
    ("move: names in small letters", MILLS, "globex is wonderful, so i switched from mills to globex"),
    ("two clients: the one", MILLS, "Globex was awful and rude. Mills was wonderful and kind."),
    ("two clients: the other", GLOBEX, "Globex was awful and rude. Mills was wonderful and kind."),
    ("two clients: in one sentence", GLOBEX, "Mills was awful, but Globex was wonderful"),
    ("quote: said by a customer", MILLS, 'Customers wrote "Mills never sent my refund"'),
    (
        "quote: said by the client",
        MILLS,
        "“We are thrilled with the great results”, said a spokesman for Mills",
    ),
    ("quote: about somebody else", MILLS, 'Customers of Mills wrote "Globex is a terrible shop"'),
    ("quote: a title", MILLS, 'Mills paid for the film "Terrible Love, Awful Hate"'),
    ("quote: one word", MILLS, 'the "terrible" service of Mills'),
    ("quote: an earlier text", MILLS, "> Mills is a terrible shop\nNot here, I can recommend them"),
    ("quote: an earlier text, agreed to", MILLS, "> Mills never sent my refund\nSame here"),
    (
        "quote: a post of the client",
        MILLS,
        'still waiting for an answer "@millshelp: our great new app is here"',
    ),
    ("quote: a post of somebody else", MILLS, "RT @ann: Mills is terrible"),
    ("reply: to the client", MILLS, "@millshelp thanks"),
    ("reply: to others too", MILLS, "@globex @millshelp thanks for the help, you rock"),
    ("reply: to others alone", MILLS, "@globex I hate waiting, Mills never came"),
    ("question: praise counts half", MILLS, "is Mills a good shop?"),
    ("question: complaint", MILLS, "why can't Mills answer a simple mail?"),
    ("sarcasm: praise beside a complaint", MILLS, "great, Mills is down again"),
    ("contradiction", MILLS, "The staff of Mills is wonderful. It is a mess."),
    ("language: none that we read", MILLS, "Mills ist wirklich schlecht, nie wieder bestelle ich dort"),
    ("language: too short", MILLS, "Mills zzgl qwrt"),
    ("nothing but the name", MILLS, "Mills"),
    ("a long article", MILLS, LONG),
)
