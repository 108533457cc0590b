"""A language that nobody speaks, as a folder of catalogs: every text accented and in brackets."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polib

from data import languages as registry
from data.languages import LOCALE_DIR, languages
from data.setup.fleet_columns import codes
from maps.pages.i18n import catalog, translator
from maps.requests.open311_services import language_question, questions

CODE = "qps"
NAME = "⟦Þšéüđö⟧"
DIGITS = "०१२३४५६७८९"

_ACCENTED = str.maketrans("aceinouyAEIOU", "áçéíñöüýÁÉÍÖÜ")
_HOLE = re.compile(r"(\{\w+\})")
_SETTINGS = f"""
name = "{NAME}"
intl = "en-GB-u-nu-deva"
digits = "{DIGITS}"
months = [{", ".join(f'"⟦M{n}⟧"' for n in range(1, 13))}]
months_short = [{", ".join(f'"⟦m{n}⟧"' for n in range(1, 13))}]
weekdays = [{", ".join(f'"⟦d{n}⟧"' for n in range(1, 8))}]

[machines.names]
depot = "⟦Đépöt⟧"
plow_truck = "⟦Þlöw⟧"
grader = "⟦Gráđér⟧"
mini_loader = "⟦Míñí⟧"
"""
_KEPT = (registry.languages, catalog, translator, codes, language_question, questions)
"""What remembers the languages that there are."""


def accented(text: str) -> str:
    """Return a text in brackets and with accents, its placeholders as they are."""
    parts = _HOLE.split(text)
    return f"⟦{''.join(p if _HOLE.fullmatch(p) else p.translate(_ACCENTED) for p in parts)}⟧"


@contextmanager
def spoken(folder: Path) -> Iterator[str]:
    """Have pages speak it too, from a copy of all languages in a folder; gives its code."""
    shutil.copytree(LOCALE_DIR, folder, dirs_exist_ok=True)
    shutil.copytree(LOCALE_DIR / "en", folder / CODE)
    (folder / CODE / "language.toml").write_text(_SETTINGS, encoding="utf-8")
    for file in (folder / CODE).rglob("*.po"):
        texts = polib.pofile(str(file))
        for entry in texts:
            entry.msgstr = accented(entry.msgstr) if entry.msgstr else ""
            entry.msgstr_plural = {n: accented(t) for n, t in entry.msgstr_plural.items()}
        texts.save()
    try:
        _look_into(folder)
        assert CODE in languages()
        yield CODE
    finally:
        _look_into(LOCALE_DIR)


def _look_into(folder: Path) -> None:
    registry.LOCALE_DIR = folder
    for kept in _KEPT:
        kept.cache_clear()
