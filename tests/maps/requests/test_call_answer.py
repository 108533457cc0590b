"""What a caller is told, over all that may be known of a street: one time, and nothing past."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.languages import languages
from data.model import SegmentId, ServiceClass, Side, Snap
from fleet.requests.call_answer import CallAnswer, Cleared, Outlook, Prospect
from fleet.requests.promises import PromiseWindow, TrackRecord
from maps.pages.i18n import translator
from maps.requests.call_answer import more_to_say, short_answer
from tests import village as v

NOW = datetime(2026, 12, 21, 12, 0, tzinfo=UTC)
TIME = re.compile(r"\d\d:\d\d")
DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")

ago = st.integers(0, 300).map(lambda minutes: NOW - timedelta(minutes=minutes))
due = st.integers(-300, 300).map(lambda minutes: NOW + timedelta(minutes=minutes))


@st.composite
def windows(draw: st.DrawFn) -> PromiseWindow:
    """Return a window that can still be kept."""
    until = draw(st.integers(5, 300))
    begin = draw(st.integers(-60, until - 5))
    from_at, to_at = (NOW + timedelta(minutes=each) for each in (begin, until))
    return PromiseWindow(to_at, from_at, to_at)


@st.composite
def prospects(draw: st.DrawFn) -> Prospect:
    outlook = draw(st.sampled_from(Outlook))
    if outlook is not Outlook.PLANNED:
        return Prospect(outlook)
    measured = draw(st.integers(20, 90))
    record = TrackRecord(draw(st.integers(0, measured)), measured, None)
    return Prospect(outlook, None, draw(windows()), draw(st.sampled_from([None, record])))


@st.composite
def evidence(draw: st.DrawFn) -> Cleared:
    """Return that both directions of a street were cleared, one of them, or none."""
    one, other = sorted([draw(ago), draw(ago)])
    states = [(one, other, True), (one, other, False), (None, other, False), (None, None, False)]
    last_at, some_at, whole = draw(st.sampled_from(states))
    return Cleared(last_at, some_at, draw(st.none() | ago), whole)


@st.composite
def answers(draw: st.DrawFn) -> CallAnswer:
    prospect = draw(prospects())
    return CallAnswer(
        segment=v.village().segment(v.MILL),
        snap=Snap(SegmentId(v.MILL), Side.RIGHT, 20.0, 3.0),
        service_class=ServiceClass("P1"),
        storm=None if prospect.outlook is Outlook.NO_STORM else v.a_storm(),
        cleared=draw(evidence()),
        job=draw(st.sampled_from([None, v.a_job()])),
        waiting=draw(st.integers(0, 3)),
        due_at=draw(st.none() | due),
        prospect=prospect,
    )


def times(text: str) -> list[datetime]:
    found = TIME.findall(text.translate(DIGITS))
    return [NOW.replace(hour=int(each[:2]), minute=int(each[3:])) for each in found]


def said(answer: CallAnswer, language: str = "en") -> tuple[str, list[str]]:
    t = translator(language, "UTC").plain
    return short_answer(answer, t, NOW), list(more_to_say(answer, t, NOW))


@given(answers())
def test_what_is_read_out_is_one_sentence_with_one_window_that_is_not_past(
    answer: CallAnswer,
) -> None:
    window, cleared = answer.prospect.window, answer.cleared
    for language in languages():
        short, more = said(answer, language)
        assert len(times(short)) <= 2
        assert short not in more
        if window is None:
            assert times(short) == []
        elif times(short) != [cleared.last_at]:
            assert set(times(short)) <= {window.from_at, window.to_at}
            assert min(times(short)) >= NOW
            assert times(short)[-1] == window.to_at


@given(answers())
def test_nothing_else_that_is_said_contradicts_it(answer: CallAnswer) -> None:
    short, more = said(answer)
    everything = " ".join((short, *more))
    cleared_at = answer.cleared.last_at if answer.cleared.whole else None

    assert not ("nothing shows" in everything and "cleared at" in everything)
    assert not ("was last cleared" in everything and "should be clear" in everything)
    assert not ("only a part" in short and "was last cleared" in everything)
    if "next pass" in short:
        assert cleared_at is not None
        assert cleared_at < times(short)[0]
    goals = [text for text in more if "Our goal" in text]
    assert all(times(text)[0] > NOW for text in goals)
    assert not (goals and times(short))
