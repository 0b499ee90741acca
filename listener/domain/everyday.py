"""Words that stand in texts about anything: they are never proposed as a context, whatever the marks seem to say."""

from __future__ import annotations

from functools import cache

from listener.domain.words import words

# Articles, pronouns, prepositions, conjunctions, auxiliaries, and the commonest adverbs and verbs of six languages.
_EVERYDAY = """
a about above across after again against all almost along already also although always am among an and another any anybody
anyone anything are around as at away back be became because become been before behind being below between both but by can
cannot could did do does doing done down during each either else enough even ever every everyone everything few first for from
further get gets getting give given go goes going gone got had has have having he her here hers herself him himself his how
however i if in into is isn it its itself just last later least less like likely made make makes making many may maybe me might
mine more most mostly much must my myself near need neither never new next no nobody none nor not nothing now of off often on
once one only onto or other others otherwise our ours ourselves out over own per perhaps put quite rather really said same saw
say says second see seen seem seems several shall she should since so some somebody someone something sometimes soon still such
take taken than that the their theirs them themselves then there therefore these they thing things third this those though
three through throughout thus to together too took toward towards two under until up upon us use used uses using usually very
via want was way we well went were what whatever when where whether which while who whole whom whose why will with within
without would yes yet you your yours yourself don doesn didn won wouldn couldn shouldn aren wasn weren hasn haven hadn ll ve re
http https www com org net html amp rt

aber alle als also am an ander andere auch auf aus bei beim bin bis bist da damit dann das dass dein dem den denn der des die
dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch euer für gegen
hab habe haben hat hatte hatten hier ich ihm ihn ihr ihre ihrem ihren im immer in ist ja jede jeder jedes jetzt kann kein keine
können könnte machen man mehr mein meine mir mit muss nach nicht nichts noch nun nur ob oder ohne schon sehr sein seine seit
sich sie sind so soll sollte über um und uns unser unter viel vom von vor war waren was weil wenn wer werden wie wieder will
wir wird wo wurde wurden zu zum zur zwischen

alors après au aucun aussi autre aux avait avant avec avoir bien car ce cela celle celui ces cet cette ceux chaque comme
comment contre dans de depuis des deux donc dont du elle elles en encore entre est et était étaient été être eux fait faire il
ils je jusque la le les leur leurs lui là ma mais me même mes moi moins mon ne nos notre nous on ont ou où par parce pas pendant
peu peut plus pour pourquoi qu quand que quel quelle qui sa sans se sera ses si son sont sous sur ta te tous tout toute toutes
très tu un une vers votre vous

al algo ante antes así aun cada como con contra cual cuando de del desde donde dos el ella ellas ellos en entre era eran es
esa ese eso esta estaba están estar este esto ser fue fueron ha había han hasta hay la las le les lo los más me mi mientras muy
nada ni no nos nosotros nunca o otra otro para pero poco por porque pues que qué quien se según ser si sí sido sin sobre son
su sus también tan tanto te tiene tienen todo todos tu un una uno unos y ya yo

agli ai alla alle anche ancora avere aveva bene che chi ci coi come con cosa così cui da dai dal dalla dei del della delle di
dopo dove due e è ed era erano essere fa fra gli ha hanno ho i il in io la le lei li lo loro ma mai me mentre mi mio molto
nei nel nella nelle noi non nostro o ogni per perché però più poi prima qua quale quando quello questa questo qui se sei sempre
senza si sia siamo sono sua sulla suo tra tu tutti tutto un una uno vi voi

ainda ao aos aquele as até com como da das de dela dele depois do dos e é ela elas ele eles em entre era essa esse esta este
eu foi foram há isso isto já lhe mais mas me mesmo meu minha muito na não nas nem no nos nós num numa o os ou para pela pelo
por porque qual quando que quem se sem ser seu sua são só também tem ter teu tinha um uma você
"""


@cache
def everyday() -> frozenset[str]:
    """The words, folded."""
    return frozenset(words(_EVERYDAY))
