"""The periodic task that reads the weather feeds that an administrator has turned on."""

import logging
from dataclasses import replace

from api.config.clock import Clock
from api.config.settings import Settings
from api.processes.city_state import CityStateHolder
from api.processes.periodic_task import PeriodicTask
from api.processes.tasks.weather_feed import FeedError, FeedQuestion, FeedReader
from data.errors import InvalidError
from data.model import Actor, ActorKind
from data.model.storm_conditions import FeedFault, FeedState
from data.store.database.engine import Database, reading, transaction
from data.store.weather import list_feed_states, set_feed_state
from fleet.weather.forecast_intake import read_file, take_read
from fleet.weather.weather_feeds import WeatherFeed, feeds_of, is_due, state_of

LOOK_S = 60.0
"""Pause between two looks at whether a feed is due."""

FEED = Actor(ActorKind.SYSTEM, "weather feed")
"""Who the audit log names where the weather came from a feed."""

_log = logging.getLogger(__name__)


class WeatherFeedTask(PeriodicTask):
    """Reads each feed as often as the policy says, however it answered and however often it starts.

    What a feed says is read and checked as a file that a dispatcher brings. In training nothing is
    asked.
    """

    pause_s = LOOK_S
    runs_at_once = True

    def __init__(
        self, engine: Database, clock: Clock, city_state: CityStateHolder, reader: FeedReader
    ) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._city_state = city_state
        self._reader = reader

    def run(self) -> list[FeedState]:
        """Read the feeds that are due; return how they answered."""
        city = self._city_state.now
        feeds = feeds_of(city.policy.weather_feed, city.city.bounds)
        if not feeds or self._clock.training:
            return []
        with reading(self._engine) as tx:
            known, now = list_feed_states(tx), self._clock.now()
        states = [(feed, state_of(feed, known)) for feed in feeds]
        return [self._ask(feed, state) for feed, state in states if is_due(feed, state, now)]

    def _ask(self, feed: WeatherFeed, known: FeedState | None) -> FeedState:
        """Ask a feed and keep how it answered; that it was asked is kept first."""
        now = self._clock.now()
        known = known or FeedState(feed.kind, feed.address, now, now)
        asked = replace(known, asked_at=now, not_before=None)
        self._keep(asked)
        try:
            return self._read(asked)
        except FeedError as error:
            return self._failed(asked, error)
        except InvalidError as error:
            return self._failed(asked, FeedError(FeedFault.UNREADABLE, str(error)))

    def _read(self, asked: FeedState) -> FeedState:
        question = FeedQuestion(asked.address, asked.etag, asked.modified, asked.asked_at)
        answer, now = self._reader.ask(question), self._clock.now()
        timezone = self._city_state.now.city.timezone
        found = None if answer.content is None else read_file(answer.content, timezone, now)
        state = replace(
            asked,
            read_at=now,
            not_before=answer.not_before,
            etag=answer.etag,
            modified=answer.modified,
            tries=0,
            fault=None,
            detail="",
        )
        with transaction(self._engine) as tx:
            if found is not None:
                take_read(tx, FEED, found, now)
            set_feed_state(tx, state)
        return state

    def _failed(self, asked: FeedState, error: FeedError) -> FeedState:
        _log.warning("the %s feed could not be read: %s", asked.kind, error)
        state = replace(
            asked,
            not_before=error.not_before,
            tries=asked.tries + 1 if asked.fault is error.fault else 1,
            fault=error.fault,
            detail=error.detail,
        )
        self._keep(state)
        return state

    def _keep(self, state: FeedState) -> None:
        with transaction(self._engine) as tx:
            set_feed_state(tx, state)


def feed_reader(settings: Settings) -> FeedReader:
    """Return who asks feeds by an installation's settings."""
    hosts = {host.strip().lower() for host in settings.weather_hosts.split(",")} - {""}
    return FeedReader(settings.contact, hosts)
