"""The words about a scenario that was made from a storm of the city, in every language."""

from dataclasses import replace
from datetime import datetime

from data.files.bidi import without_isolates
from data.languages import languages
from data.training import Scenario
from fleet.training.past_storm import sums_of
from maps.pages.i18n import Translator, translator


def titled(scenario: Scenario, began_at: datetime, timezone: str) -> Scenario:
    """Return a scenario that says of which day it is, and what it comes to."""
    speakers = {code: translator(code, timezone) for code in languages()}
    return replace(
        scenario,
        title={
            code: without_isolates(t("Snow of {date}", date=t.date(began_at)))
            for code, t in speakers.items()
        },
        brief={code: without_isolates(_brief(scenario, t)) for code, t in speakers.items()},
    )


def _brief(scenario: Scenario, t: Translator) -> str:
    sums = sums_of(scenario)
    return t(
        "As it was: {hours} hours, {cm} cm of snow, {calls} calls.",
        hours=t.number(sums.hours),
        cm=t.number(sums.snow_cm),
        calls=t.number(sums.calls),
    )
