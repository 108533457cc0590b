"""A language that only a folder of catalogs knows."""

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from data.training import SHIPPED, shipped_scenario
from data.training.lessons import TAUGHT, lesson_of
from maps.pages.i18n import translator
from tests.api.every_page import every_answer
from tests.pseudo_language import CODE, DIGITS, NAME, spoken

VALUES = {"q": "لاله", "form": "json", "hour": 0, "segment_id": 3}
NAMES = re.compile(
    r"⟦[^⟦⟧]*(?:⟦[^⟦⟧]*⟧[^⟦⟧]*)*⟧"  # a text of the language, perhaps with another one in it
    r"|\b(?:Village|First snow|Depot|English|P[1-4](?:, [a-z ]+)?|Truck|Grader|Barfrub)\b"
    r"|\bAzərbaycanca\b"
    r"|\bdrawn by hand\b|\bFirefox · Linux\b"
    r"|\b(?:administrator|dispatcher|operator|driver|crew|council|supervisor|wall)\b"
)


def in_files() -> set[str]:
    """What scenarios and lessons say: files with languages of their own, no catalogs."""
    scenarios = [shipped_scenario(name) for name in SHIPPED]
    lessons = [lesson_of(role) for role in TAUGHT]
    said = [words for one in (*scenarios, *lessons) for words in (one.title, one.brief)]
    said += [step.words for lesson in lessons for step in lesson.step]
    return {words["en"] for words in said}


UNSPOKEN = ("script", "style", "code")


class Texts(HTMLParser):
    """Collects what a page shows as text; scripts, styles and words of machines are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag, attrs) -> None:
        self._hidden += tag in UNSPOKEN
        self.found += [value for name, value in attrs if name in ("title", "placeholder") and value]

    def handle_endtag(self, tag) -> None:
        self._hidden -= tag in UNSPOKEN

    def handle_data(self, data) -> None:
        if not self._hidden and data.strip():
            self.found.append(data.strip())


@pytest.fixture
def pseudo(tmp_path):
    """The code of the language, while pages speak it."""
    with spoken(tmp_path / "locale") as code:
        yield code


@pytest.fixture
def reader(pseudo, client, sign_in):
    """An administrator's client in a storm, who reads the language."""
    sign_in("administrator")
    client.post("/api/storms", json={"name": "First snow"})
    client.post("/requests", json={"kind": "plow", "text": "کوچه لاله"})
    speak(client, pseudo)
    return client


def speak(client, code: str) -> None:
    """Change the language as the switch does."""
    form = {"language": code, "csrf": client.headers["x-csrf-token"], "next": "/board"}
    assert client.post("/language", data=form, follow_redirects=False).status_code == 303


def shown(html: str) -> list[str]:
    texts = Texts()
    texts.feed(html)
    return texts.found


def test_every_page_opens_in_a_language_of_a_folder(reader):
    answers = every_answer(reader, VALUES, f"lang={CODE}")
    pages = {
        path: answer.text
        for path, answer in answers.items()
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    }
    left = {
        path: sorted(
            {text for text in shown(page) if re.search("[A-Za-z]{3}", NAMES.sub("", text))}
            - in_files()
        )
        for path, page in pages.items()
        if f'lang="{CODE}"' in page
    }

    assert [path for path, answer in answers.items() if answer.status_code >= 500] == []
    assert len(left) > 20
    assert {path: texts for path, texts in left.items() if texts} == {}


def test_scripts_get_the_texts_and_signs_of_the_language(reader):
    page = reader.get("/board", headers={"accept": "text/html"}).text
    boot = json.loads(re.search(r'id="boot">(.*?)</script>', page)[1])
    speech = next(one for one in boot["languages"] if one["code"] == CODE)

    assert (boot["language"], speech["digits"], speech["name"]) == (CODE, DIGITS, NAME)
    assert reader.get(boot["texts_address"]).json()["Requests"] == "⟦Réqüésts⟧"


def test_the_switch_lists_every_other_language(reader):
    page = reader.get("/board", headers={"accept": "text/html"}).text

    assert 'value="fa"' in page
    assert 'value="en"' in page
    speak(reader, "en")
    assert NAME in reader.get("/board", headers={"accept": "text/html"}).text


def test_numbers_and_days_are_written_as_the_folder_says(pseudo):
    t = translator(pseudo)

    assert t.number(1234.5, 1) == "१,२३४.५"
    assert t.date(datetime(2026, 12, 21, tzinfo=UTC)) == "⟦d1⟧ २१ ⟦M12⟧ २०२६"
