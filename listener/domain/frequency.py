"""How common everyday English words are: of 1,000 short posts, how many hold the word, as one figure for all words of a class.

Written from general knowledge of the language; a word's true figure lies mostly within a factor of three of its class's.
The folded forms of domain/words.py, in alphabetical order within a class.
"""

from __future__ import annotations

CLASSES: tuple[tuple[float, str], ...] = (
    (
        200.0,
        """
a and for i in is it of the to you
""",
    ),
    (
        45.0,
        """
about all an are as at be been but by can can't do don't from get had has have he her his how i'm if it's
just like me more my no not now on one or our out she so that their them there they this up was we what when
who will with would your
""",
    ),
    (
        13.0,
        """
after again also always amp any around back bad because before being best better big com come could day did
didn't does doesn't done down even ever every feel first game getting go going good got great happy having
help here hey hi him home hope http https into its keep know last let life little lol long look looking love
made make man many morning most much need never new next night off oh ok okay old only other over own people
please real really right rt said say says see should show some someone something still sure take team than
thank thanks then these thing things think those thought through time today tomorrow too trying two us very
via wait want way week well were where which while why won't work world www yeah year years yes
""",
    ),
    (
        4.0,
        """
able absolutely account actually add against age ago agree air album almost already although am amazing
american another anyone anything app apple area art artist ask asked available away awesome awful baby bank
beat beautiful become bed behind believe between birthday bit black blue body book books boss both box boy
break bring brother brought bus business buy call called calls came camera cancelled car card care cat
caught change check child children christmas city class close coffee cold college coming company cool cost
country couple course crazy customer customers cut dad dance data date days dead deal dear die different
dinner door dream drink drive each early easy eat else email end enough everyone everything excited eyes
face fact family fan far fast father favorite few fight final finally find fine fire fix flight follow food
free friday friend friends front full fun funny future gave girl give gone gonna government group guess guy
guys hair half hand happened hard hate head health hear heard heart high hit hold hour hours house hurt idea
important information issue issues job join kid kids kind kinda knew law lead leave left less line list
listen live living local lost lot lots low luck lunch mad may mean means media meet men message might mind
minute minutes miss missed mom monday money month months mother move movie music must name national near
news nice number office once online open order outside page part party pass past pay perfect person phone
photo picture place plan play playing point police post power president pretty price problem public put
question read reading ready reason red remember rest run running sad same saturday save saw saying school
season second seen self send service set shop short sick side since single sit sleep small smile social song
soon sorry sound special star start started state states stay step stop store story stuff stupid such summer
sun sunday super support talk talking tell test text three thursday till times tired together told tonight
took top town tried true trump trust try tuesday turn tv under until use used using vote wanna war watch
watching water wear weather wednesday weekend weird welcome went wife win winter wish without woman women
wonder word words working worst worth write wrong yesterday young yourself
""",
    ),
    (
        1.5,
        """
above accept access according across act action active address admit adult afraid afternoon agency agent
agreement ahead airline airport alive allow allowed alone along america americans among amount ancient angry
animal answer apart apartment apologize apparently appear application apply appreciate apps april argue
argument arm army arrive arrived article asleep attack attempt attention august aunt author autumn average
avoid award aware babe bag ball band bar base based basic basically basketball bathroom battery battle beach
bear beauty beer beginning below benefit beyond bid bike bill billion bird birth blame bless blind block
blog blood board boat bomb bond bonus boot border bored boring born bother bottle bottom bought bowl brain
brand bread breakfast breath bridge brief bright british broke broken brown budget bug build building built
bunch burn busy button cake camp campaign canada cancel cancer candidate capital captain career careful
carry case cash cause celebrate cell cent center central century certain certainly chair challenge champion
championship chance channel character charge charged charity cheap cheese chicken chief china choice choose
church cinema citizen claim classic clean clear clearly click climate clock closed clothes cloud club coach
coast code collection color comedy comfortable comment commercial committee common community compare
competition complain complaint complete completely computer concern concert condition conference confirm
confused congrats congratulations congress connect connection consider contact content contest continue
contract control conversation cook cookie copy corner correct council count court cousin cover covid cream
create created creative credit crew crime crisis cross crowd cry crying culture cup curious current
currently cute daily damage dark daughter david deadline deaf death debate debt decade december decide
decided decision deep defense definitely degree delay delayed delete deliver delivery demand democracy
department depend depression describe desert deserve design designed desk destroy detail details develop
developer development device diet difference difficult digital direct direction director dirty disappointed
discount discover discuss discussion disease dish doctor dog dollar dollars double doubt download dozen
drama draw drawing dress driver drop drunk dry due dumb during dust duty ear earlier earn earth easier
easily east eastern economic economy edge edit education effect effort egg eight either election electric
emergency emotional employee employees empty enemy energy engine engineer english enjoy enjoyed enter entire
environment episode equal error escape especially estate europe evening event events eventually evidence
evil exactly exam example excellent except exciting excuse exercise exist expect expected expensive
experience explain express extra extremely fabulous facebook fail failed failure fair fall false fame
familiar famous fantastic farm fashion fat fault favourite fear feature february federal fee feed feeling
feelings feet fell felt female festival field fifteen fifth figure file fill film finance financial finger
finish finished firm fish fit five flag flat flights floor flower fly flying focus folks football force
foreign forest forever forget forgot form former forward found four frame france freedom fresh fridge fruit
frustrated frustrating fuel fund funeral furniture gain gallery games gang garden gas gate general
generation gentle george german germany gift given giving glad glass global goal god gold golden golf
goodbye google grade grand grandma grass gray greatest green grew grey ground grow growing growth guard
guest guide guilty guitar gun gym habit hall handle hands hang happen happens happiness harbor harm heat
heavy hello hero hidden hide higher highly highway hill himself hire history hockey hole holiday holidays
holy honest honestly honey honor hook horrible horror horse hospital hot hotel however huge human hundred
hundreds hungry husband ice ideas ignore ill image imagine immediately impact impossible impressed improve
inch incident include included including income increase incredible indeed independent india industry inside
instagram instead insurance intelligence interest interested interesting international internet interview
invest investment invite involved iphone iran iraq iron island israel item items itself jacket january japan
jealous jesus john joke journey joy judge juice july jump june junior justice key kick kill killed killing
king kiss kitchen knee knock knowledge known lady lake land language large larger late later latest latter
laugh laughing launch lawyer lay layer leader leaders league learn learned learning least leaving leg legal
legend lesson letter level library lie light likely limit link lips listening literally loan location lock
log london lonely looks loose lord lose loss loud lovely lover luckily lucky luggage machine mail main major
maker male manage management manager march mark market marketing marriage married mask mass massive master
match material matter maybe meal meant meat medical medicine medium meeting member members memory mental
mention merry mess met metal middle midnight mike mile miles military milk million millions minister minor
mirror missing mistake mix mobile mode model modern moment mood moon mostly motor mountain mouth moved
movement moves moving mr mrs murder muscle museum myself nation nature necessary neck negative neighbor
neither nervous net network nine nobody noise none normal north northern nose note notes nothing notice
november nurse object obvious obviously ocean october offer offered offers officer official officially often
oil older olympic ones onto opening opera operation opinion opportunity option options orange ordered
original ourselves owned owner pack package paid pain paint pair palace pants paper parent parents park
parking particular partner passed passenger passion path patient patients pattern paul peace pen per
performance perhaps period permission personal pet philosophy phones photos physical piano pick picked
pictures piece pink pizza places plane planet plant plastic plate platform played player players pleased
plenty plus pocket poem poet political politics pool poor pop popular population position positive possible
possibly pound pour practice pray prayer prefer pregnant present press pressure prevent previous pride prime
prince print prison private prize probably process produce product production products professional
professor profile profit program progress project promise promote proof proper property protect protest
proud prove provide published pull punch purchase pure purple purpose push putting quality quarter queen
questions quick quickly quiet quit quite race radio rain raise random range rate rather reach reaction
realize realized reasons receive received recent recently recipe record recover reduce refund refuse regret
regular relationship relax release released religion remain remind remove rent repair repeat reply report
reporter republican request research respect respond response responsible restaurant result results return
returned review reviews reward rich ride ring rise risk river road rock role roll roof room round route
royal rude rule rules rush russia safe safety sale sales salt sample sand satisfied scale scared scene
schedule science score scream screen sea search seat seats secret section security seem seems sell senate
senior sense sent serious seriously serve server services session seven several sex shape share shared sharp
ship shirt shoe shoes shoot shooting shopping shot shoulder shout showed shower showing shows shut sign
signal signed silent silly silver similar simple simply sing singer singing sir sister site situation six
size skill skills skin sky slept slow slowly smart smell smoke snow soccer society soft software soil sold
solid solution solve somebody somehow sometimes somewhere son songs sort soul sounds source south southern
space speak speaker speaking speech speed spend spent spirit spoke sport sports spot spread spring square
staff stage stand standard standing starbucks stars starting starts station stayed steal steel steve stick
stock stolen stone stopped storm straight strange stream street stress strike strong struggle stuck student
students studio study style subject success successful sucks sudden suddenly suffer sugar suggest suit
supply suppose supposed surgery surprise surprised survey survive sweet swim switch symptom system table
taken takes taking tale talent talks tall target taste taught tax taxi tea teach teacher tears tech
technology teeth television telling ten tennis term terms terrible terrorist thanksgiving theater themselves
theory thin thinking third thirty thou thousand thousands threat threw throat throw thrown ticket tickets
tie tight tiny tip title toilet tone tongue tool total totally touch tough tour toward towards tower toy
track trade traffic train training transfer travel treat treatment tree trees trend trial trick trip trouble
truck truly truth tweet tweets twelve twenty twice twitter type ugly uk unable uncle understand
unfortunately union unique unit united universe university unless unlike update updated updates upon upset
usa user users usual usually vacation valley valuable value van variety various vegas version victim victory
video videos view village violence virus visit visited voice volume waiting wake walk walked walking wall
walmart wanted wants warm warning wash washington waste watched wave weak weapon wearing web website wedding
weeks weight western wet whatever wheel whenever whether white whole whose wide wild willing wind window
windows wine wing winner winning wise within won wonderful wood wore worked worker workers works worried
worry worse worthy wow writer writing written wrote yard yellow yet york youtube zero zone
""",
    ),
    (
        0.3,
        """
abandon aboard abroad absence absolute abuse academic academy accent accident accompany accomplish accurate
accuse achieve acid acquire actor actress actual adapt addict addition adjust administration admire adopt
advance advanced advantage adventure advertise advice affair affect afford agenda aggressive agriculture aid
aim aircraft airplane aisle alarm alcohol alert alien alley alliance alpha alter alternative amazon amber
ambition ambulance amen analysis analyst anchor angel anger angle anniversary announce announcement annoy
annoying annual anonymous anxiety anxious anybody anymore anytime anyway apology appeal appetite appliance
appointment approach appropriate approval approve arch architect arctic arena arise arrest arrow ash aside
aspect assault asset assign assist assistance assistant associate assume assure atlas atmosphere attach
attend attitude attorney attract attractive audience audio autograph automatic avenue awake awkward axe
babysit bachelor background backpack backup bacon badge badly bake bakery balance balcony ballet balloon ban
banana bandage banner barber bare barely bargain bark barn barrel barrier basement basis basket bat bath bay
bean beard beast bedroom bee beef beg begin behave behavior bell belly belong beloved belt bench bend
beneath berry bet beta betray beverage bible bicycle bind biology bishop bite bitter blade blank blanket
blast bleed blend blink blossom blow bluff bold bolt bone booth boots borrow bounce bound boundary bow
boxing boyfriend brake branch brass brave breast breathe breed breeze brew brick bride brilliant broad
broadcast bronze broom brush bubble bucket bud buddy bullet bully bump bunny burden bureau burger burst bury
bush butcher butter butterfly buyer buzz cabin cabinet cable cafe cage calculate calendar calm camel canal
candle candy cane cannon canvas cap capable capacity cape carbon cargo carpet carrier carrot cart cartoon
carve casino cast castle casual catalog category cattle caution cave cease ceiling celebration celebrity
cement cereal ceremony chain chalk chamber champagne chapter charm chart chase chat cheat cheek cheer chef
chemical cherry chess chest chew childhood chill chip chips chocolate choir chop chorus chronic chunk
cigarette circle circuit circumstance circus civil civilian clap clash classroom clause claw clay clerk
clever client cliff climb clinic clip closet cloth clothing clown clue cluster coal coat cocktail coconut
coin collapse collar colleague collect colony column combat combination combine comeback comet comfort
command commander commerce commission commit commitment communicate communication communist companion
compass compete competitor complex compliment component comprehensive compromise con conceal concentrate
concept conclusion concrete conduct cone confess confidence confident conflict confuse confusion conquer
conscious consequence conservative considerable consist constant constantly construct construction consult
consultant consume consumer contain container contemporary contribute contribution convenient convention
convert convict convince cooking cooler cope copper coral cord core corn corporate corporation correction
corridor corrupt corruption costume cottage cotton couch cough counsel counter county coupon courage cow
cowboy crack craft crane crash crawl creature creek creep criminal critic critical criticism crop crown
crucial cruel cruise crush crust crystal cube cult cupboard cure curl currency curse curtain curve cushion
custom cycle dairy damp dancer danger dangerous dare darling dash dawn deadly dealer deck declare decline
decorate decrease dedicate deer defeat defend deficit define definition delicate delicious delight delta
democrat demonstrate deny depart deposit depressed depth deputy derive desire despite dessert destination
detect determine devil diamond diary dice dictionary differ dig dime dinosaur dip diplomat disability
disappear disaster disc discipline disgusting dismiss display dispute distance distant distinct distribute
district disturb dive diverse divide divorce dizzy dock document dolphin domain domestic dominate donate
donation donkey donor doom dose dot dove downtown draft drag dragon drain dramatic drawer drift drill
drought drown drug drum duck dude duke dump dwarf dynamic eager eagle earring ease echo eclipse edition
editor educate elbow elder elderly elect electricity electronic element elephant elevator eleven elite
embarrass embarrassing embassy embrace emerge emotion empire employ employer employment enable encounter
encourage endless engage engagement enormous ensure enterprise entertain entertainment enthusiasm entry
envelope envy epic era essay essential establish eternal ethnic everyday everywhere evolution exact examine
exceed exchange exclusive execute executive exhausted exhibit exhibition exit expand expansion expense
expert explode exploit explore explosion export expose extend extent external extraordinary extreme fabric
facility factor factory fade faint fairly fairy faith faithful fake falcon fancy fantasy farmer fatal fate
favor feather fellow fence fever fiction fierce fifty fighter fighting finding fireworks fist flame flash
flavor flee flesh flexible flip float flock flood flour flow flu fluid flush foam fog fold folk fool foot
forbid forecast forehead forgive fork formal format formula fort forth fortunate fortune forty forum fossil
foster foundation founder fountain fox fraction fragile framework fraud freak freeze freezing french
frequency frequent freshman friendly friendship frog frost frozen frustrate fulfill function fundamental fur
fury galaxy gamble gap garage garbage garlic gather gaze gear gem gender gene genius genre gentleman genuine
gesture ghost giant giggle ginger giraffe girlfriend glance glimpse glove glow glue goat golfer gorgeous
gossip grab grace gradually graduate graduation grain grant grape graph grasp grateful grave gravity grill
grin grip grocery gross guarantee guidance guideline guilt gulf habitat hack hail ham hammer handful
handsome handy harvest hat haul haven hawk hay hazard headache headline headquarters heal hearing heaven
heel height helicopter helmet herb heritage hers hesitate hint hip hobby homeless homework hood hop horizon
horn host hostage hostile household housing hug humor hunger hunt hunter hurricane hurry hybrid icon ideal
identify identity idol illegal illness illustrate immigrant immune impress impression impressive impulse
inches incredibly independence index indicate indicator individual indoor infant infection inflation
influence inform initial injure injury inner innocent innovation inquiry insane insect insight insist
inspect inspiration inspire install instance instant institute institution instruction instrument insult
intend intense intention interior internal interpret interrupt interval intimate introduce invade invasion
invention inventory investigate investigation investor invisible invitation invoice irish ironic irony
isolate italian ivory jail jam japanese jar jaw jazz jeans jelly jet jewel jewelry jogging joint journal
journalist judgment jungle jury ketchup kettle keyboard kidding kidnap kidney kindness kingdom kit kite
kitten knife knight knit knot lab label labor labour lack ladder lamb lamp lane laptop laser lately latin
laughter laundry lawn lawsuit layout lazy leadership leaf leak lean leap leather lecture legacy legitimate
leisure lemon lend length lens liar liberal liberty license lid lift lightning limb lime limitation lion lip
liquid literature litter liver load lobby locate logic logo loop lorry loser lottery lounge loyal loyalty
lump lung luxury lyrics magazine magic magical magnet maid mainly maintain maintenance makeup mall mandate
maniac mansion manual manufacturer maple marathon marble margin marine marker marry mars marvel massage mate
math mattress mature maximum mayor meadow meaning meanwhile measure mechanic medal melt menu merchant
mercury mercy mere merge merit meter method mice microwave mild mill mills mine mineral minimum ministry
minority miracle miserable misery mission mist mixture mob moderate modest module monitor monkey monster
monthly monument moral moreover mortgage mosquito motion motivate motivation motorcycle mount mouse mud mug
multiple mushroom musical musician muslim mustard mutual mystery myth nail naked nap narrow nasty native
natural naturally nausea navy nearby nearly neat needle neighborhood nephew nerve nest neutral nevertheless
newspaper niece nightmare noble nod noisy nominate noodle noon normally notebook novel nowhere nuclear numb
numerous nut oak obey obsessed obtain occasion occasionally occupy occur odd offense offensive offline olive
onion operate operator oppose opposite optimistic orbit orchestra ordinary organ organic organization
organize origin otherwise ought ounce outcome outdoor outer outfit outlet outline output oven overall
overcome owe owl oxygen pace packet pad pale palm pan pancake panda panel panic panther paperwork parade
paradise paragraph parliament parrot partly partnership pasta paste patch patience patrol pause pave payment
peach peak peanut pearl peer pencil penguin penny pension pepper percent perception perfectly perform
permanent permit persist personality personally perspective persuade phase phenomenon phrase pickle picnic
pie pier pig pile pill pillow pilot pin pine pineapple pioneer pipe pirate pit pitch pity planning plot plug
plumber poetry poison pole poll pollution pond pony popcorn porch pork port portion portrait pose possess
possession postpone pot potato potential poverty powder powerful praise preach precious precise predict
prediction preparation prepare presence presentation preserve pretend priest primary princess principal
principle prior priority privacy privilege procedure proceed producer profession promotion prompt proposal
propose prosecutor prospect protection protein province psychology pub publication publish pump pumpkin
punish punishment pupil puppy pursue puzzle python qualify quantity quest queue quote rabbit racing rack
rage raid rail railway rainbow rally ranch rank rapid rapidly rare rarely rat rating ratio raw ray react
realistic reality rear rebel recall receipt receiver recession reckon recognition recognize recommend
recommendation recovery recruit recycle referee reference reflect reform refugee regard regarding region
register regulate regulation reject relate relation relative relatively relevant relief religious reluctant
rely remarkable remedy reminder remote renew rental replace replacement represent representative reputation
require requirement rescue reservation reserve resident resign resist resolution resolve resort resource
restore restrict retail retailer retain retire retirement reunion reveal revenge revenue reverse revolution
rhythm ribbon rice ridiculous rifle ritual rival roar roast rob robot rocket romance romantic root rope rose
rough routine row rubber ruin ruler rumor rural sacred sacrifice saddle sail sailor saint sake salad salary
salmon sandwich satellite satisfaction sauce sausage savage saving scan scandal scare scarf scary scenario
scholar scholarship scientific scientist scissors scope scout scratch screw script sculpture seal secretary
secure seed seek segment select selection selfie selfish senator sensitive sentence separate september
sequence series settle settlement setup severe shade shadow shake shall shallow shame shark shed sheep sheet
shelf shell shelter sheriff shield shift shine shiny shipping shock shocked shore shortage shrimp shrink
sibling sigh sight significant silence silk sin sincere sink siren sketch ski skip skirt skull slave slice
slide slim slip slope smooth snack snake soap sober socks soda sofa solar soldier sole somewhat
sophisticated sore soup sour spare spark sparkle specific specifically spell spice spicy spider spin spite
split spoil sponsor spoon sprint spy squad squeeze stable stack stadium stake stamp stare statement statue
status steady steak steam stem sticker stomach storage strategy straw strawberry strength stretch strict
string strip stroke structure studying subtle suburb subway succeed sum summit sunlight sunny sunrise sunset
sunshine superb superior supermarket supper supreme surely surf surface surround suspect suspend swallow
swear sweat sweater sweep swing sword symbol sympathy tactic tag tail tank tap tape task tattoo taxes
taxpayer teen teenager temper temperature temple temporary tempt tend tendency tent terminal territory
terror testament thick thief thigh thread thrill thrive throne throughout thumb thunder tide tiger timber
tin tissue toast tobacco toddler toe tomato ton tooth topic torch tornado torture toss tourism tourist
tournament towel toxic trace tradition traditional trail trailer traitor translate translation transport
trap trash treasure treaty tremendous tribe tribute trigger triumph troop trophy tropical truce trunk tube
tunnel turkey tutor twin twist typical tyre umbrella uncomfortable undergo undo unemployed unemployment
unexpected unfair unhappy uniform universal unknown unlimited unusual upgrade upper upstairs urban urge
urgent vaccine vague valid vampire vanish vast vegan vegetable vehicle venture venue verse vet veteran vibe
vibes vice vicious violent virtual virtue visa visible vision visitor visual vital vitamin vivid vocal
volcano volleyball volunteer voter vulnerable wage wagon waist waitress wander ward wardrobe warehouse
warrior waves wax wealth wealthy wedge weed weekly weep whale wheat whilst whip whisper whistle whoever
widely widow wildlife wilson wipe wire wisdom witch witness wizard wolf wooden wool workout workplace
workshop worldwide worship wound wrap wrist yacht yell yoga youth zebra zip zoo zoom
""",
    ),
)

RATES: dict[str, float] = {word: rate for rate, words in reversed(CLASSES) for word in words.split()}
"""Each everyday word with how many of 1,000 short posts hold it."""
