"""The reasons on the driver's page are those that the server takes, and have words."""

import re
from pathlib import Path

from data.languages import languages
from data.model.work import SkipReason
from maps.pages.i18n import catalog

PAGES = Path(__file__).parents[3] / "maps/static/js/shifts/driver"


def test_the_page_offers_each_reason_once_and_no_other():
    block = (
        (PAGES / "problem.js")
        .read_text("utf-8")
        .partition("const REASONS = [")[2]
        .partition("];")[0]
    )
    offered = re.findall(r'\["(\w+)", "[\w-]+"\]', block)
    at_end = {SkipReason.NO_TIME}
    assert sorted(offered) == sorted(set(SkipReason) - {SkipReason.TOO_NARROW} - at_end)
    assert len(offered) == 10
    assert '[["no_time", "clock"], ...reasons]' in (PAGES / "duty/ending.js").read_text("utf-8")


def test_each_reason_has_words_in_every_language():
    for language in languages():
        words = {str(catalog(language)[f"skip:{reason}"]) for reason in SkipReason}
        assert len(words) == 12
