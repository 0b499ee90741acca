"""Which language a text is in: by itself, and by the place's word."""

import time

import pytest
from builders import client

from listener.scoring.language import SHORT, UNCLEAR, detect, tell
from listener.scoring.language_names import called
from listener.scoring.tongue import said


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("they never sent my refund and nobody answers the phone", "en"),
        ("nach drei Wochen ist noch immer nichts angekommen", "de"),
        ("toujours pas de réponse à mes trois messages", "fr"),
        ("todavía no me han devuelto el dinero", "es"),
        ("sono tre settimane che aspetto il mio rimborso", "it"),
        ("até agora ninguém respondeu à minha reclamação", "pt"),
        ("nog steeds geen antwoord gekregen op mijn vraag", "nl"),
        ("bhai abhi tak koi jawab nahi aaya, paise wapas karo", "hi"),
        ("bhai delivery bahut slow hai, customer care phone nahi uthata", "hi"),
        ("अभी तक कोई जवाब नहीं आया", "hi"),
        ("لم يصلني أي رد حتى الآن", "ar"),
        ("まだ返金されていません", "ja"),
        ("还没有收到退款", "zh"),
        ("아직 환불을 받지 못했습니다", "ko"),
        ("ещё не вернули мне деньги за заказ", "ru"),
        ("ακόμα δεν έχω πάρει απάντηση", "el"),
    ],
)
def test_it_tells_languages_apart(text, code):
    assert detect(text).code == code
    assert tell(text, None).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("go to hell", "en"),
        ("why me", "en"),
        ("wo ist es", "de"),
        ("это ужас", "ru"),
        ("最悪", "zh"),
        ("ひどい", "ja"),
    ],
)
def test_a_few_words_are_enough_where_they_belong_to_one_language(text, code):
    assert tell(text, None).code == code


@pytest.mark.parametrize(
    "text", ["", " ", "ok", "😀😀", "#1 !!!", "@ann @bob", "https://mills.example/x", "12.30"]
)
def test_what_says_too_little_is_short_and_no_guess(text):
    assert tell(text, None) == SHORT


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("bhai flight cancel ho gayi, no refund yaar", "hi"),
        ("sim card band kar diya without any notice", "hi"),
        ("delivery boy ne packet khola hua diya", "hi"),
        ("tumhara app bar bar crash hota h", "hi"),
        ("app open hi nhi ho rha h", "hi"),
        ("paisa kab wapas milega", "hi"),
        ("internet phir se band hai aap log kia kar rahe ho", "hi"),
        ("majha order ajun ala nahi, customer care worst", "mr"),
        ("apnader service khub kharap", "bn"),
        ("romba mosam, innum refund varala", "ta"),
        ("eppudu vastundi cheppandi", "te"),
        ("wallahi the service keda msh tamam", "ar"),
        ("sobrang bagal ng internet, walang kwenta", "tl"),
        ("aplikasinya error terus nih, refund belum masuk", "id"),
        ("huduma yenu mbaya sana, customer care hapana", "sw"),
        ("internet opyat ne rabotaet, support nikto", "ru"),
    ],
)
def test_a_language_in_latin_letters_is_told_from_the_english_words_in_it(text, code):
    assert tell(text, None).code == code


@pytest.mark.parametrize(
    "text",
    [
        "great job Rahul ji, thanks bhai",
        "I love the chai and the naan at this place, yaar",
        "the Bollywood movie Kabhi Khushi Kabhie Gham is on tonight",
        "Jo and Ki hum along to the bus",
        "is Kar Wai here, he said he is at the bar",
        "Ho Chi Minh City was lovely and the flight was on time",
        "AAP wins Delhi, Modi says sorry",
        "alhamdulillah the parcel is here, thank you",
        "Ang Lee made the best film of the year",
    ],
)
def test_names_and_borrowed_words_leave_a_text_english(text):
    assert tell(text, None).code == "en"


def test_many_words_of_no_language_are_unclear():
    assert tell("qwzx vbnm plkj hgfd qqzz", None) == UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "RT @a_b: the parcel is late again &amp; nobody cares https://t.example/abc #wien #münchen #köln",
        "the parcel is late again and nobody cares 😡😡😡 @deutschepost @laposte",
        "THE PARCEL IS LATE AGAIN AND NOBODY CARES",
        "the café is late again and nobody cares",
        "the parcel from 東京 is late again and nobody cares",
    ],
)
def test_tags_handles_addresses_capitals_and_a_foreign_word_change_nothing(text):
    assert tell(text, None).code == "en"


def test_a_text_is_in_the_language_of_most_of_its_words():
    assert tell("iPhone 15 Pro の電池がすぐに切れて困っています", None).code == "ja"
    assert tell("Das Update ist leider immer noch nicht da, so sad", None).code == "de"


def test_the_names_of_a_client_are_in_no_language():
    bahn = client("deutsche bahn", aliases=("Die Bahn",))
    spoken = said(text="Deutsche Bahn was late again today", title=None, client=bahn, language=None)
    assert spoken.language.code == "en"
    assert said(text="Deutsche Bahn", title=None, client=bahn, language=None).language == SHORT


def test_the_word_of_the_place_goes_first_where_the_text_is_not_plain():
    assert tell("super", "de").code == "de"
    assert tell("nach drei Wochen ist noch immer nichts angekommen", "en-US").code == "de"
    assert tell("最悪", "en").code == "zh"
    assert tell("it was good", "en").by == "the place"


@pytest.mark.parametrize(
    ("place", "code"),
    [("iw", "he"), ("in", "id"), ("deu", "de"), ("EN_us", "en"), ("nb-NO", "no"), ("fil", "tl")],
)
def test_older_and_longer_codes_are_read_as_ours(place, code):
    assert tell("ok", place).code == code


@pytest.mark.parametrize("place", ["und", "zxx", "qme", "x", "english", "12", "", "ελ"])
def test_what_names_no_language_is_no_word_of_the_place(place):
    assert tell("ok", place) == SHORT


def test_a_language_is_called_by_its_name():
    assert called("de") == "German (de)"
    assert called("qqq") == "qqq"


def test_it_tells_thousands_of_texts_a_second():
    texts = [
        f"the parcel number {number} is late again and nobody answers my mails" for number in range(2_000)
    ]
    tell(texts[0], None)
    began = time.process_time()
    for text in texts:
        tell(text, None)
    assert time.process_time() - began < 0.4, "5,000 a second, on a machine that is busy with other things"
