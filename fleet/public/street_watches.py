"""Subscriptions to a street: who is told when it was cleared, or when its window moved.

Nothing is kept of a message that waits: what is news is worked out when it may be told, so that in
the morning people hear how it is then.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from data.model import Side, Snap, Storm
from data.model.requests.street_watches import StreetWatch
from data.store.database.engine import Tx
from data.store.public.street_watches import find_watch, list_watches_due, set_watch
from fleet.public.street_answer import PublicOutlook, StreetAnswer, answer_street
from fleet.public.watch_limits import (
    HELD_FOR,
    WatchRules,
    held_until,
    is_one_too_many,
    list_unanswered_behind,
    waits_for_another,
)
from fleet.public.watch_requests import LOOK_EVERY, end_watch, log_watch
from fleet.requests.notices import MOVED
from fleet.requests.outbox import BACK_OFF, MESSENGER, quiet_end
from fleet.requests.sms_limits import DAY
from fleet.routes.published_plan import Estimates

CONFIRMED_WITHIN = timedelta(hours=24)
"""A subscription that nobody has confirmed for so long is removed."""

GONE = "gone"
"""Fault: the browser takes no messages any more."""

CUT_OFF = "cut_off"
"""Fault: the server has no way to the internet."""

UNREACHED = "unreached"
"""Fault: a push service was not reached; its host or the way to it may be gone."""


class WatchNewsKind(StrEnum):
    """What a message about a street says; `CONFIRM` asks whether somebody wants others.

    `FULL`: somebody asked for it who hears of as many streets as is allowed.
    """

    CONFIRM = "confirm"
    FULL = "full"
    CLEARED = "cleared"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class WatchNews:
    """A message to send now; `watch` is as it was before, `said` what it knows once it is sent."""

    kind: WatchNewsKind
    watch: StreetWatch
    said: StreetWatch


@dataclass(frozen=True, slots=True)
class WatchStep:
    """What is to be done with a subscription: a message of some `kind`, or only another look later.

    `watch` is as it was before, `said` what it knows afterwards, `None` where it ends.
    """

    watch: StreetWatch
    said: StreetWatch | None
    kind: WatchNewsKind | None = None


def next_watch_steps(
    tx: Tx, storm: Storm | None, estimates: Estimates, rules: WatchRules, now: datetime, most: int
) -> list[WatchStep]:
    """Return what is to be done now with at most so many subscriptions; nothing is written."""
    return [
        _next_step(tx, watch, storm, estimates, rules, now)
        for watch in list_watches_due(tx, now, most)
    ]


def claim_watch_news(
    tx: Tx, steps: Iterable[WatchStep], rules: WatchRules, now: datetime
) -> list[WatchNews]:
    """Write down what was to be done; return what is to be sent.

    A subscription that was changed since is left for the next look.
    """
    claimed = []
    for step in steps:
        watch, said = step.watch, step.said
        if find_watch(tx, watch.code) != watch:
            continue
        held = None if step.kind is None else held_until(tx, watch, rules, now)
        if said is None:
            for one in (watch, *list_unanswered_behind(tx, watch)):
                end_watch(tx, one, MESSENGER, now, rules.key)
        elif held is not None:
            set_watch(tx, watch.id, {"look_at": held})
        else:
            set_watch(tx, watch.id, _said(said))
            if step.kind is not None:
                claimed.append(WatchNews(step.kind, watch, said))
    return claimed


def settle_welcome(tx: Tx, watch: StreetWatch, fault: str, now: datetime, key: bytes) -> None:
    """Store what became of the first message to a browser; what nobody gets ends at once."""
    known = find_watch(tx, watch.code)
    if known is None or fault == CUT_OFF:
        return
    if fault:
        end_watch(tx, known, MESSENGER, now, key)
        return
    set_watch(tx, known.id, _said(_counted(known, now)))
    log_watch(tx, known, MESSENGER, "watch.told", now, {"kind": "welcome"})


def settle_watch_news(
    tx: Tx, news: WatchNews, fault: str, rules: WatchRules, now: datetime
) -> None:
    """Store what became of a message: one that no gateway took is tried again, then given up.

    While the server is cut off from the internet, what is new is worked out again until it is not.
    """
    before, tries = news.watch, news.watch.tries
    if fault == GONE:
        end_watch(tx, before, MESSENGER, now, rules.key)
        return
    if fault in {CUT_OFF, UNREACHED}:
        set_watch(tx, before.id, _said(replace(before, look_at=now + LOOK_EVERY)))
        return
    if fault and tries < len(BACK_OFF):
        again = replace(before, look_at=now + BACK_OFF[tries], tries=tries + 1)
        set_watch(tx, before.id, _said(again))
        return
    after: dict[str, object] = {"kind": news.kind, **({"fault": fault} if fault else {})}
    log_watch(tx, before, MESSENGER, "watch.untold" if fault else "watch.told", now, after)


def _next_step(
    tx: Tx,
    watch: StreetWatch,
    storm: Storm | None,
    estimates: Estimates,
    rules: WatchRules,
    now: datetime,
) -> WatchStep:
    if watch.confirmed_at is None:
        return _asks(tx, watch, rules, now, shown=estimates.policy.public.map)
    segment = estimates.network.find(watch.segment_id)
    if segment is None:
        return WatchStep(watch, None)
    if not estimates.policy.public.map:
        return WatchStep(watch, replace(watch, look_at=now + HELD_FOR))
    quiet = quiet_end(rules.outbox, rules.timezone, now)
    later = quiet or held_until(tx, watch, rules, now)
    if later is not None:
        return WatchStep(watch, replace(watch, look_at=later))
    place = Snap(segment.id, Side.RIGHT, watch.offset_m, 0.0)
    answer = answer_street(tx, place, storm, estimates, now)
    if _is_over(watch, answer):
        return WatchStep(watch, None)
    watched = _of_storm(watch, answer, now + LOOK_EVERY)
    found = _found(watched, answer, watch.made_at - estimates.policy.public.delay)
    if found is None:
        return WatchStep(watch, watched)
    kind, said = found
    return WatchStep(watch, _counted(said, now), kind)


def _asks(
    tx: Tx, watch: StreetWatch, rules: WatchRules, now: datetime, *, shown: bool
) -> WatchStep:
    """Return the step of who has not confirmed: a first message, once and while streets are shown.

    It waits for the answer about another street. After `CONFIRMED_WITHIN` it ends.
    """
    until = watch.made_at + CONFIRMED_WITHIN
    if now >= until:
        return WatchStep(watch, None)
    if watch.told_at is not None or not shown:
        held: datetime | None = until
    elif waits_for_another(tx, watch):
        held = now + LOOK_EVERY
    else:
        held = held_until(tx, watch, rules, now)
    if held is not None:
        return WatchStep(watch, replace(watch, look_at=min(held, until)))
    said = _counted(replace(watch, look_at=until), now)
    kind = WatchNewsKind.FULL if is_one_too_many(tx, watch) else WatchNewsKind.CONFIRM
    return WatchStep(watch, said, kind)


def _is_over(watch: StreetWatch, answer: StreetAnswer) -> bool:
    """Whether the storm of a subscription is over and it was about no other."""
    if watch.every_storm or watch.storm_id is None or answer.storm is None:
        return False
    return answer.ended or answer.storm.id != watch.storm_id


def _of_storm(watch: StreetWatch, answer: StreetAnswer, look_at: datetime) -> StreetWatch:
    """Return a subscription as it is about the storm that is on."""
    watch = replace(watch, look_at=look_at, tries=0)
    if answer.storm is None or answer.ended or answer.storm.id == watch.storm_id:
        return watch
    return replace(watch, storm_id=answer.storm.id, cleared_at=None, from_at=None, to_at=None)


def _found(
    watch: StreetWatch, answer: StreetAnswer, since: datetime
) -> tuple[WatchNewsKind, StreetWatch] | None:
    """Return what is new on a street since a moment, with the subscription that knows it."""
    times = [one.last_at for one in answer.directions]
    cleared = [at for at in times if at is not None]
    if cleared and len(cleared) == len(times):
        at = min(cleared)
        if at > max(watch.cleared_at or since, since):
            said = replace(watch, cleared_at=at, from_at=None, to_at=None)
            return WatchNewsKind.CLEARED, said
    window = answer.window
    if answer.outlook is not PublicOutlook.PLANNED or window is None:
        return None
    if watch.to_at is not None and abs(window.to_at - watch.to_at) <= MOVED:
        return None
    return WatchNewsKind.WINDOW, replace(watch, from_at=window.from_at, to_at=window.to_at)


def _counted(watch: StreetWatch, now: datetime) -> StreetWatch:
    """Return a subscription after one more message of its day."""
    fresh = watch.day_at is None or watch.day_at <= now - DAY
    day_at, told = (now, 0) if fresh else (watch.day_at, watch.told)
    return replace(watch, told_at=now, day_at=day_at, told=told + 1)


def _said(watch: StreetWatch) -> dict[str, object]:
    """Return the columns that a look or a message changes."""
    return {
        "storm_id": watch.storm_id,
        "look_at": watch.look_at,
        "cleared_at": watch.cleared_at,
        "from_at": watch.from_at,
        "to_at": watch.to_at,
        "told_at": watch.told_at,
        "day_at": watch.day_at,
        "told": watch.told,
        "tries": watch.tries,
    }
