"""Words of languages that people write in Latin letters as they hear them, and mix with English: romanised Hindi and its like.

The model of letters does not know such spellings, and a text of them with English loan words ("flight cancel ho gayi, no refund
yaar") looks English to it. What tells them apart are their pronouns, verbs and small words, of which no English text has several.
All are from grammar, with the spellings that are usual, fully and in haste.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, product

TELLING = {
    "hi": """
        hai hain hoon hoga hogi hoge honge hongi hua hui huye hota hoti hote hona hoke hokar hogaya hogya hogayi hojaye hojayega thi
        raha rahi rahe rahey rha rhi rhe rahega rahegi rahenge rhega rehta rehti rehte rehna rahta rahti rahte gaya gayi gaye gya gyi gye
        mujhe mujhko mujhse mujhpe mjhe muje maine mene meine mera meri tujhe tujhko tujhse tera teri tumhe tumhein tumko tumse tumne
        tumhara tumhari tumhare tumlog aapka aapki aapke aapko aapse aapne apka apki apke apko apne apna apni hamara hamari hamare humara
        humari humare hamein humein humko humne humse hamko hamne uska uski uske usko usne usse unka unki unke unko unhe unhone unhonne
        iska iski iske isko isne isse inka inki inke inko inhe inhone voh kisko kisne kiska kiski kiske kisi kidhar kaun
        kya kyaa kyu kyun kyon kyoon kyunki kyuki kyonki kyo kaise kaisa kaisi kese kab kahan kahaan kitna kitni kitne kuch kuchh kch
        jabki jabhi abhee tabhi kabhi kabhie kahin kahi yahan yahaan yaha wahan wahaan waha idhar udhar jaha
        nahi nahin nahii nahee nhi nhin bhi bhee toh aur magar lekin agar agr warna varna phir phr isliye isiliye islie taaki taki
        bahut bohot bohat bahot bhot bht bhut zyada jyada zada thoda thodi thode bilkul ekdum ekdam itna itni itne utna utni kaafi sirf
        sabse sabko sabka sabki sbko sabhi saare saari wala wali wale waala waali waale walo walon sath saath wapas wapis vapas vapis
        accha acha achha achchha acchi achhi achi acche achhe bura buri kharab kharaab ghatiya bekar bekaar bakwas bakwaas theek thik thk
        galat glt jhoot jhooth jhuth badhiya zabardast mazaa shukriya dhanyavad dhanyawad kripya pareshan pareshani dikkat shikayat
        zaroorat zarurat jarurat jaroorat intezaar intezar intzar jawab jawaab galti dhokha dhoka sasta mehnga mahanga purana
        chota choti pyaar pyar zindagi jindagi gussa aadmi aurat bachcha bachche duniya
        paisa paise paisey rupaye rupay rupaya mahina mahine hafte ghanta ghante subah shaam aaj parso pehle pahle pehla pahli baad
        andar bahar neeche tarah chahiye chahie chaiye chahta chahte chahti sakta sakti sakte skta skte skti dusra dusri dusre doosra doosri
        dono haan haanji hanji lagta lagti lagte lgta maloom malum mtlb aisa aisi aise waisa waise vaise jaisa jaisi jaise jese
        jaana jaane jata jati jaata jaati jaate jaye jayega jayegi jayenge jaega jaegi jaunga jaungi jao jaao jaiye
        aana aane aata aati aate aaya aayi aaye aayega aayegi ayega aayenge aao aaja aajao
        dene dedo dijiye dijiyega deta deti dete dega degi denge dunga diya diye liya liye lelo lijiye leta leti lete lega legi lenge lunga
        kiya kiye kijiye kijiyega karo kro krna krne krta krti krte krke krunga krega kregi krenge krdo krdiya karwa karwao karwaya
        khana paani bataya batana batao batate bataiye banaya banate lagaya lagate dikhaya chalaya samjhaya smjh jaldi jldi
        karein jisko jiska hamesha kabi dekha bola
        """,
    "pa": """
        tuhada tuhadi tuhanu tusi tussi assi sanu mainu tenu tainu kiven kive vich kadon kithe kinna kinni hunda hundi hunde karda kardi karde
        reha veer bahla bohta changa changi vadiya wadhiya paaji
        """,
    "mr": """
        aahe ahe tula majha majhi majhe tujha tujhi tumcha tumchi tumche amcha amchi aamcha kiti kadhi kasa kashi kuthe kaay khup khoop
        ajun ajunahi zala zali zale jhala jhali jhale nako hoti mhanun mhanje karnar yenar milnar milala aani nahiye
        """,
    "bn": """
        tumi amader tomar tomader apnar apnader kothay kothai kemon kivabe ekhono ekhon akhon akhono khub onek bhalo valo
        hoyeche hoyece hoise hobe hocche hochhe korte korun koren korbo korchi korche diyeche pelam paini parchi ekta ektu jonno theke
        ebong kintu taka
        """,
    "ta": """
        enna eppadi epdi eppo yaaru illai iruku irukku iruka innum romba nalla mosam naanga neenga ninga enaku enakku unaku unakku pannunga
        panren pannala varala varum varuma sollunga sollu vaanga kudunga konjam ippo ippa apdi appadi intha indha antha andha thaan mattum ellam
        """,
    "te": """
        enduku eppudu ekkada emiti ledu ledhu unnai unnaru raledu vachindi vastundi cheppandi chepandi cheyandi chesaru cheyali naaku meeru
        maaku ippudu ikkada akkada kosam nundi
        """,
    "kn": "yake yaake yavaga hegide nanna nimma namma beku beda tumba thumba gottilla barthilla maadi aagide",
    "ml": "enthu entha enthaanu evide eppol ethra ningal njan njangal enikku kittiyilla vannilla cheyyu",
    "gu": "chhe nathi tamaru amaru kyare ketla thayu joiye karvu",
    "ne": "chha chhaina bhayo bhaena garnu garna gareko kasto kahile malai tapai tapaiko timro hamro dherai ramro",
    "ar": """
        enta inta enti inti ento intou howwa msh mish mafi mafish mafeesh leih leish leyh lesh laish shlon shlonak kifak kifik kefak ezay ezayak
        keda kda kidda awy gedan giddan ktir kteer keteer wallahi wlh yaani yani shokran lessa lissa bokra bukra
        embareh imbareh mumkin momken lazem lazim ayez awez ayza khalas floos flous hayda hayde hadol biddi baddi shway shwaya bzaf bezaf
        chhal makayn dyal kayn khoya aywa mafhash emta
        """,
    "id": """
        dengan tidak nggak ngga enggak gak gue gimana kenapa kapan dimana udah sudah belum blm banget bgt aja kalo kalau karena krn tapi sampai
        masih terus bisa saya kamu kami kita mereka tolong dibantu gitu nih sih utk dgn sdh jangan bukan
        nak macam mcm boleh takde korang sangat
        """,
    "tl": """
        mga nyo niyo ninyo nila naman nga pala daw kasi kaya pero wala walang meron huwag bakit paano kailan saan
        ngayon kayo kami tayo namin natin atin yung dito diyan talaga sobrang sobra grabe ilang hanggang
        """,
    "sw": """
        kwa nini yangu yako yake yetu yenu yao zangu zenu kwenye bado sasa kesho jana hapana ndiyo sana asante hii hiyo hizi lakini kabisa
        kasi huduma tafadhali sijapata hamjibu pesa watu
        """,
    "tr": """
        bir degil icin cok beni benim sana senin bize bizim neden nasil niye hicbir simdi artik yine gelmedi olmadi olsun oldu
        yok varmi gibi daha sonra lutfen tesekkurler kotu musteri
        """,
    "vi": "khong chua duoc cua toi nhu vay voi nhung sao dich",
    "ru": """
        pochemu kogda skolko nikto nichego opyat uzhe eshe eshche esche moy vam mne menya tebya eto chto gde ochen spasibo
        pozhaluysta dengi rabotaet otvechaet nedelya nelzya mozhno
        """,
    "el": "einai eimai exei exete giati tora akoma kaneis tipota omos",
    "fa": "chera kojast hanoz hanooz shoma nemishe nemidin nist hast shode mishe baraye ghat kheyli khaili mamnoon lotfan poolam",
    "sr": "nije nema niko nista zasto gde uvek opet hvala molim javlja moj moja",
}  # fmt: skip
"""Words of which one alone already speaks against English."""

HINTS = {
    "hi": """
        ka ki ko ke ne se pe hu hun ho hn tum tu aap ji mein koi kar ek tak tk raat ghar kaam kam baat kal jo wo ye yeh woh tha tere sab sabka
        bhai bhaiya yaar yar abhi baar dil maa baap nai fir badi bade naya kr dena h k hm ab ap mai jb kb
        na kisi kaha jahan
        """,
    "bn": "amar keno kobe",
    "ar": "ana shu kol bas kan hada wen wein inshallah wallah alhamdulillah habibi habibti yalla",
    "id": "yang tak lagi dah dong ini itu di ke ada apa juga jadi sama mau ga jg lu",
    "tl": "ang ng lang rin din yun sila hindi na pa po sa ko mo ka ay si ito yan ako",
    "ru": "net nam vas moi kak ne da na ya vy ot po za",
}
"""Words that are also a name, an abbreviation or another language's: they count beside one that tells."""

_SPELLED = (("aa", "a"), ("ee", "i"), ("oo", "u"), ("chh", "ch"), ("w", "v"))
"""How a sound of Hindi is written fully, and how in haste."""

_STEMS = """
    kar bol dekh sun rakh mil chal samajh samjh likh padh khel baith maar bhej pooch bhool chhod nikal badal sudhar pakad khol ruk bech
    khareed kharid pahunch ghoom jal lag ban seekh soch maang jaan maan utar uth gir phas kaat kat loot uda ja aa kha
"""
_ENDINGS = """
    ta ti te na ne ni u un unga ungi oonga oongi ega egi enge engi oge ogi yega yegi yenge oge iye iyega kar ke o
"""
_CAUSING = """
    bata bana dikha laga chala mangwa karwa samjha padha bacha bula utha bitha hata mita milwa dilwa lauta bhaga ghuma chhupa badha ghata
    mila sikha jaga likhwa
"""
_PAST = "ya yi ye"
_TAKEN = frozenset(
    """
    banana banane bano banti banu bolo giro giru jake jalo jalu jana jane jani janna jano janta janu kato lago mango mangu manna manne manni mano
    manta manu marke marne maro marta marti maru milne milo sunni sunu
    """.split()  # noqa: SIM905 - reads best as words
)
"""What stem and ending make by chance: English words and names."""


def verbs() -> Iterator[str]:
    """Forms of the usual verbs of Hindi, in full and in haste; what is also English is none."""
    causing = _CAUSING.split()
    made = product([*_STEMS.split(), *causing], _ENDINGS.split())
    for stem, ending in chain(made, product(causing, _PAST.split())):
        for written in _spellings(stem + ending):
            if len(written) > 3 and written not in _TAKEN:
                yield written


def _spellings(word: str) -> Iterator[str]:
    yield word
    for full, short in _SPELLED:
        if full in word:
            yield word.replace(full, short)
