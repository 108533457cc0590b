"""A name that runs the other way than its sentence is isolated in it, by the translator alone."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

from maps.pages.i18n import translator
from maps.pages.tables import table_csv
from maps.pages.workbook import WorkbookSheet, workbook

EN, FA = translator("en"), translator("fa")
TEXT = "The system {name}"
SCRIPT = Path(__file__).parents[3] / "maps/static/js/pages/texts.js"


def test_a_persian_name_is_isolated_in_english_and_a_latin_one_in_persian():
    assert EN.t(TEXT, name="برف‌روب ۷") == "The system \u2068برف‌روب ۷\u2069"
    assert "\u2068Plow 7\u2069" in FA.t(TEXT, name="Plow 7")
    assert EN.plural("Compared with {count} receipt.", 1) == "Compared with 1 receipt."


def test_latin_digits_keep_their_order_among_persian_words():
    assert "\u2068+98 914 555 0101\u2069" in FA.t(TEXT, name="+98 914 555 0101")


def test_a_name_of_the_same_direction_stands_as_it_is():
    assert EN.t(TEXT, name="Plow 7") == "The system Plow 7"
    assert "\u2068" not in FA.t(TEXT, name="برف‌روب ۷")
    assert "\u2068" not in FA.t("{from}–{until}", **{"from": "۰۷:۰۰", "until": "۰۸:۰۰"})


def test_names_of_a_list_are_isolated_one_by_one():
    assert EN.listed(("Plow 7", "گریدر")) == "Plow 7, \u2068گریدر\u2069"


def test_tables_and_messages_have_no_isolates():
    mixed = FA.t(TEXT, name="Plow 7")
    table = list(csv.reader(StringIO(table_csv(("line",), [(mixed,)], FA))))
    sheet = workbook([WorkbookSheet("one", ("a",), [[mixed]])], FA)

    assert table[1] == [FA.plain.t(TEXT, name="Plow 7")]
    assert "\u2068" not in table[1][0]
    strings = ZipFile(BytesIO(sheet)).read("xl/sharedStrings.xml").decode()
    assert "Plow 7" in strings
    assert "\u2068" not in strings


def test_scripts_isolate_by_the_same_rule():
    rule = SCRIPT.read_text(encoding="utf-8")

    assert r"[0-9A-Za-z\u00c0-\u024f]" in rule
    assert r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]" in rule


def test_no_page_isolates_a_value_by_itself():
    folders = (SCRIPT.parents[1], SCRIPT.parents[3] / "templates")
    by_hand = [
        file.name
        for folder in folders
        for file in folder.rglob("*.*")
        if file.suffix in {".js", ".html"} and "u2068" in file.read_text(encoding="utf-8")
    ]

    assert by_hand == ["texts.js"]


def test_lists_are_written_with_the_comma_of_the_language():
    maps = SCRIPT.parents[3]
    texts = [*maps.rglob("*.py"), *(maps / "static/js").rglob("*.js")]
    latin = [
        file.name
        for file in texts
        if '", ".join(' in (text := file.read_text(encoding="utf-8")) or 'join(", ")' in text
    ]

    assert latin == ["error_texts.py"]  # there for programs
