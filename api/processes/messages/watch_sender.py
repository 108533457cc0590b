"""Messages to who follows a street: looked for, and sent beside those to callers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from api.processes.messages.message_gateways import LogGateway, NoticeSettings
from api.processes.messages.push_gateway import PushGateway
from data.model.requests.street_watches import StreetWatch
from data.store.database.engine import Database, reading, transaction
from data.store.public.street_watches import list_watches_due
from data.store.requests.requests import Caller
from fleet.public.street_watches import (
    WatchNews,
    claim_watch_news,
    next_watch_steps,
    settle_watch_news,
    settle_welcome,
)
from fleet.public.watch_limits import WatchRules
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from fleet.storms.storm_lookup import shown_storm
from maps.pages.i18n import Translator, translator
from maps.public.watch_texts import push_text, watch_text
from maps.requests.notices import NoticeText
from maps.streets.street import called, street_name

SENDERS = 4
"""Messages sent at the same time; only these can be lost when the server is killed."""


class WatchSender:
    """Looks at subscriptions that are due and sends what is new.

    `send` is the way to a person by phone or e-mail, `push` that to browsers, `None` in exercises.
    """

    def __init__(
        self,
        engine: Database,
        clock: Clock,
        city_state: CityStateHolder,
        settings: NoticeSettings,
        plans: PublishedPlanCache,
        send: Callable[[Caller, NoticeText], str],
        pool: ThreadPoolExecutor,
        key: bytes,
        push: PushGateway | None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._city_state = city_state
        self._settings = settings
        self._plans = plans
        self._send = send
        self._pool = pool
        self._key = key
        self.push = push

    def run(self) -> int:
        """Send what is new of some streets; return how many subscriptions were looked at.

        What is new is worked out without keeping anybody from writing.
        """
        now, city_state, settings = self._clock.now(), self._city_state.now, self._settings
        timezone = city_state.city.timezone
        rules = WatchRules(settings.rules, settings.sms_rules, timezone, self._key)
        with reading(self._engine) as tx:
            if not list_watches_due(tx, now, 1):
                return 0
            storm = shown_storm(tx)
            policy = self._city_state.policy_of(tx, storm)
            estimates = Estimates(self._plans, city_state.network, policy)
            steps = next_watch_steps(tx, storm, estimates, rules, now, SENDERS)
        with transaction(self._engine) as tx:
            claimed = claim_watch_news(tx, steps, rules, now)
        faults = list(self._pool.map(self._sent, claimed))
        if claimed:
            with transaction(self._engine) as tx:
                for news, fault in zip(claimed, faults, strict=True):
                    settle_watch_news(tx, news, fault, rules, now)
        return len(steps)

    def welcome(self, watch: StreetWatch) -> str:
        """Send the first message to a browser and store its outcome; return its fault."""
        fault = self._pushed(watch, None)
        with transaction(self._engine) as tx:
            settle_welcome(tx, watch, fault, self._clock.now(), self._key)
        return fault

    def _sent(self, news: WatchNews) -> str:
        watch = news.watch
        if watch.push is not None:
            return self._pushed(watch, news)
        t, street = self._street(watch)
        text = watch_text(news, street, self._settings.address, t, self._clock.now())
        to = Caller("", watch.phone, b"", watch.email, watch.language, consent=True)
        return self._send(to, text)

    def _pushed(self, watch: StreetWatch, news: WatchNews | None) -> str:
        """Send a message to a browser; in an exercise to the log."""
        t, street = self._street(watch)
        text = push_text(watch, news, street, t, self._clock.now())
        if self.push is None or watch.push is None:
            log = LogGateway()
            return log.send(Caller("", "", b"", language=t.language), NoticeText("", text.body, ""))
        return self.push.send(watch.push, text)

    def _street(self, watch: StreetWatch) -> tuple[Translator, str]:
        """Return the reader's language, and what a street is called in it."""
        city_state = self._city_state.now
        language = watch.language or city_state.city.language
        t = translator(language, city_state.city.timezone).plain
        segment = city_state.network.find(watch.segment_id)
        return t, called(street_name(segment), t) if segment else t("your street")
