"""What simulated callers say, in the languages that people call in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.model import RequestKind

DIGITS = "0123456789"

OFF = "{other}، {street}"
"""How an alley is named with the street that it leaves."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Sentences with `{place}`, one without, and how a crossing and a house are named.

    All languages have as many sentences, so that the same seed draws the same calls. `digits` are
    those of house numbers, from 0 on.
    """

    sentences: Sequence[tuple[RequestKind, str]]
    vague: str
    corner: str
    house: str
    digits: str = DIGITS

    def numbered(self, street: str, number: str) -> str:
        """Return how a house of a street is named."""
        number = number.translate(str.maketrans(DIGITS, self.digits))
        return self.house.format(street=street, number=number)


PERSIAN, ENGLISH = "fa", "en"

SPEECH: Mapping[str, Speech] = {
    PERSIAN: Speech(
        (
            (RequestKind.PLOW, "سلام، خسته نباشید. {place}، از صبح برف‌روبی نشده است"),
            (RequestKind.PLOW, "{place}؛ برف تا زانو می‌رسد و هیچ ماشینی رد نمی‌شود"),
            (RequestKind.PLOW, "لطفاً یک برف‌روب بفرستید: {place}. بچه‌ها باید به مدرسه بروند"),
            (RequestKind.ICE, "{place}؛ زمین یخ زده است و ماشین‌ها سُر می‌خورند"),
            (RequestKind.ICE, "{place}، سربالایی لغزنده است، لطفاً نمک بپاشید"),
            (RequestKind.BLOCKED, "{place}؛ ماشینی در برف گیر کرده و راه بسته است"),
        ),
        "کوچه‌ی ما پر از برف است، لطفاً کمک کنید",
        "تقاطع {street} و {other}",
        "{street}، پلاک {number}",
        "۰۱۲۳۴۵۶۷۸۹",
    ),
    ENGLISH: Speech(
        (
            (RequestKind.PLOW, "{place} has not been plowed since last night"),
            (RequestKind.PLOW, "Nobody gets through on {place}, the snow is knee-deep"),
            (RequestKind.PLOW, "Please send a plow to {place}, the bus is stuck"),
            (RequestKind.ICE, "{place} is one sheet of ice, somebody will get hurt"),
            (RequestKind.ICE, "Please salt {place}, cars slide down the slope"),
            (RequestKind.BLOCKED, "A car is stuck in the snow on {place} and blocks the way"),
        ),
        "Our street is full of snow, please help",
        "corner of {street} and {other}",
        "{street} {number}",
    ),
    "az": Speech(
        (
            (RequestKind.PLOW, "Salam. {place}, səhərdən bəri qar təmizlənməyib"),
            (RequestKind.PLOW, "{place}: qar dizə çıxır, heç bir maşın keçə bilmir"),
            (
                RequestKind.PLOW,
                "Zəhmət olmasa, qartəmizləyən göndərin: {place}, avtobus qarda qalıb",
            ),
            (RequestKind.ICE, "{place}: yol buz bağlayıb, maşınlar sürüşür"),
            (RequestKind.ICE, "{place}, yoxuş sürüşkəndir, xahiş edirəm duz səpin"),
            (RequestKind.BLOCKED, "{place}: bir maşın qarda ilişib, yol bağlıdır"),
        ),
        "Bizim küçə qarla doludur, xahiş edirəm kömək edin",
        "{street} və {other} kəsişməsi",
        "{street} {number}",
    ),
}


def speech_of(name: str, language: str) -> Speech:
    """Return how people speak who live on a street, in a city of a language.

    By its name where that is written in Persian, else as the city does, or in English.
    """
    if any("\u0600" <= letter <= "\u06ff" for letter in name):
        return SPEECH[PERSIAN]
    return SPEECH[language if language in SPEECH and language != PERSIAN else ENGLISH]
