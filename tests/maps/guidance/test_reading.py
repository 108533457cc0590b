"""How phrases are given to an engine that speaks, and what espeak-ng makes of them."""

import re
import subprocess

import pytest

from data.files.spoken_clips import SpokenText
from maps.guidance.phrases import phrases
from maps.guidance.reading import read_aloud
from maps.pages.i18n import translator


@pytest.mark.parametrize(
    ("language", "name", "voice", "text"),
    [
        ("en", "450 m", "en", "450 metres"),
        ("en", "1 km", "en", "1 kilometre"),
        ("en", "St Mary St", "en", "St Mary Street"),
        ("en", "خیابان شریعتی", "fa", "خیابانِ شریعتی"),
        ("az", "1,2 km", "az", "1 tam onda 2 kilometr"),
        ("az", "III küçə", "az", "üçüncü küçə"),
        ("az", "کوچه ۱۲", "fa", "کوچهٔ ۱۲"),
        ("fa", "۱٫۲ کیلومتر", "fa", "۱ ممیز ۲ کیلومتر"),
        ("fa", "کوچهٔ ۱۲", "fa", "کوچهٔ ۱۲"),
        ("fa", "خیابان", "fa", "خیابان"),
        ("fa", "Şəriəti küçəsi", "az", "Şəriəti küçəsi"),
        ("fa", "Shariati", "fa", "Shariati"),
    ],
)
def test_names_and_lengths_are_read_by_the_voice_of_their_letters(language, name, voice, text):
    assert read_aloud(name, language, is_name=True) == SpokenText(voice, text)


def test_our_own_phrases_keep_their_words():
    own = "در انتهای خیابان به راست بپیچید"
    assert read_aloud(own, "fa", is_name=False).text == own
    assert read_aloud("رفت و برگشت", "fa", is_name=False).text == "رفتُ برگشتِ"


def phonemes(said: SpokenText) -> str:
    spoken = subprocess.run(
        ["espeak-ng", "-q", "--ipa", "-v", said.voice, "--stdin"],
        input=said.text,
        capture_output=True,
        text=True,
        check=True,
    )
    return re.sub(r"[ˈˌ\s]", "", spoken.stdout)


@pytest.mark.usefixtures("espeak_ng")
@pytest.mark.parametrize(
    ("language", "phrase", "heard"),
    [
        ("fa", "به راست بپیچید", "rɑstbepitʃid"),
        ("fa", "۲۰۰ متر دیگر", "divistmetrdiɡar"),
        ("fa", "ادامه دهید", "edɑmeːdehid"),
        ("fa", "رفت و برگشت", "raftobarɡaʃte"),
        ("fa", "خط سمت راست", "xatesamterɑste"),
        ("fa", "نمک‌پاش را روشن کنید", "namakpɑʃrɑroʃankonid"),
        ("fa", "در میدان از خروجی دوم بیرون بروید", "dovvombiruːnberavid"),
        ("fa", "برف‌روبی", "barfruːbi"),
        ("fa", "خیابان شریعتی", "xiɑbɑneʃariʔati"),
        ("fa", "خیابان ۲۲ بهمن", "xiɑbɑnebistodobahman"),
        ("fa", "خیابان کمال‌الملک", "kamɑlolmolk"),
        ("fa", "کوچهٔ ۱۲", "kuːtʃejedavɑzdah"),
        ("fa", "بن‌بست شهید بهشتی", "bonbasteʃahidbeheʃti"),
        ("fa", "۱٫۲ کیلومتر", "jekmomajjezdokilumetr"),
        ("fa", "Şəriəti", "ʃæɾiæti"),
        ("az", "sağa dönün", "saːdœnyn"),
        ("az", "bütün eni", "bytyneni"),
        ("az", "Şəriəti küçəsi", "ʃæɾiæticytʃæsi"),
        ("az", "28 May küçəsi", "ijirmisæçcizmajcytʃæsi"),
        ("az", "1,2 km", "birtamondaiciciɫometər"),
        ("az", "خیابان شریعتی", "xiɑbɑneʃariʔati"),
        ("en", "1.2 km", "wɒnpɔɪnttuːkɪləmiːtəz"),
        ("en", "in 200 metres", "ɪntuːhʌndɹɪdmiːtəz"),
        ("en", "Oak Blvd", "əʊkbuːlɪvɑːd"),
    ],
)
def test_espeak_ng_reads_words_and_no_letters(language, phrase, heard):
    said = phrases([phrase], translator(language))[phrase]
    assert heard in phonemes(said)


@pytest.mark.usefixtures("espeak_ng")
@pytest.mark.parametrize("language", ["en", "fa", "az"])
def test_no_phrase_of_ours_is_left_to_the_voice_of_another_language(language):
    own = phrases([], translator(language)).values()
    assert {said.voice for said in own} == {language}
    assert "(" not in phonemes(SpokenText(language, "\n".join(said.text for said in own)))
