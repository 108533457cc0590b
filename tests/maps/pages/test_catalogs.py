"""The catalogs of texts: one for each room, whole in every language."""

import re
from collections import Counter

import polib
import pytest

from data.languages import LOCALE_DIR, languages
from maps.pages.i18n import catalog


def _forms(text: str | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else text


def _place(msgid: str) -> tuple[str, str]:
    return msgid.casefold(), msgid


@pytest.mark.parametrize("language", languages())
def test_a_text_stands_in_one_file_only(language: str):
    files = sorted((LOCALE_DIR / language / "LC_MESSAGES").glob("*.po"))
    texts = Counter(entry.msgid for file in files for entry in polib.pofile(str(file)))

    assert [msgid for msgid, times in texts.items() if times > 1] == []


def test_all_languages_have_the_texts_of_a_room_in_one_order():
    rooms = {
        language: {
            file.stem: [entry.msgid for entry in polib.pofile(str(file))]
            for file in (LOCALE_DIR / language / "LC_MESSAGES").glob("*.po")
        }
        for language in languages()
    }

    assert [language for language in rooms if rooms[language] != rooms["en"]] == []
    assert [name for name, texts in rooms["en"].items() if texts != sorted(texts, key=_place)] == []


@pytest.mark.parametrize("language", languages())
def test_no_text_is_left_untranslated(language: str):
    assert [msgid for msgid, text in catalog(language).items() if "" in _forms(text)] == []


@pytest.mark.parametrize("language", languages())
def test_all_catalogs_have_the_same_texts_with_the_same_placeholders(language: str):
    own, english = catalog(language), catalog("en")

    def holes(text: str | list[str]) -> set[str]:
        return set(re.findall(r"\{\w+\}", _forms(text)[-1]))

    assert own.keys() == english.keys()
    assert [msgid for msgid in own if holes(own[msgid]) != holes(english[msgid])] == []


def test_persian_is_written_with_persian_letters():
    texts = [form for text in catalog("fa").values() for form in _forms(text)]

    assert [text for text in texts if re.search("[يىكة٠-٩0-9]", re.sub(r"\{\w+\}", "", text))] == []


def test_the_field_for_a_machine_is_not_called_its_type():
    assert [catalog(code)["Machine"] for code in ("en", "fa")] == ["Machine", "دستگاه"]
