"""The periodic task that sends messages to callers and agencies, and to who follows a street."""

import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from api.processes.messages.message_gateways import (
    NO_WAY,
    REFUSED,
    Gateway,
    LogGateway,
    NoticeSettings,
)
from api.processes.messages.push_gateway import PushGateway
from api.processes.messages.watch_sender import SENDERS, WatchSender
from api.processes.periodic_task import PeriodicTask
from data.model import SegmentId
from data.store.database.engine import Database, reading, transaction
from data.store.requests.notices import list_due_notices, list_unpromised
from data.store.requests.requests import Caller
from data.store.storms.storms import find_active_storm
from fleet.requests.notices import write_planned_notices
from fleet.requests.outbox import (
    MESSENGER,
    OutgoingMessage,
    claim_messages,
    list_interrupted,
    lose_interrupted,
    settle_message,
)
from fleet.requests.promises import promise_open
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from maps.followup.referrals import letter_text, paper_view
from maps.pages.i18n import translator
from maps.requests.notices import NoticeText, TrackingLink, notice_text
from maps.streets.street import called, street_name

PERIOD_S = 2.0
"""Time between two reads of the outbox."""

PROMISES_S = 10.0
"""Time between two searches for planned requests without a promise."""

_log = logging.getLogger(__name__)


class NoticeSender(PeriodicTask):
    """Sends messages that are due and stores the outcome of each; `tally` counts outcomes.

    It reads from the database rather than from a queue of its own, so that a restart loses nothing.
    A clock at another speed means an exercise: then messages go to the log only.
    """

    pause_s = PERIOD_S
    runs_at_once = True

    def __init__(
        self,
        engine: Database,
        clock: Clock,
        city_state: CityStateHolder,
        settings: NoticeSettings,
        plans: PublishedPlanCache,
        key: bytes,
        push: PushGateway | None = None,
    ) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._city_state = city_state
        self._settings = settings
        self.gateway: Gateway = LogGateway() if clock.training else settings.gateway()
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="barfrub-messenger")
        self._sent_messages: list[tuple[OutgoingMessage, str]] = []
        self._plans = plans
        self.watches = WatchSender(
            engine,
            clock,
            city_state,
            settings,
            plans,
            self._guarded,
            self._pool,
            key,
            None if clock.training else push,
        )
        self._promised_s = float("-inf")
        self.tally: Counter[str] = Counter()

    @property
    def sends_sms(self) -> bool:
        """Whether text messages really go out: a demo and a training storm only log them."""
        return bool(self._settings.sms) and not isinstance(self.gateway, LogGateway)

    def send_sms(self, phone: str, language: str, text: str) -> str:
        """Send a text message at once; return "" where the gateway took it, else the fault."""
        to = Caller(name="", phone=phone, salt=b"", language=language)
        return self._guarded(to, NoticeText(title="", body=text, link=""))

    def stop(self) -> None:
        """Stop once the gateways have answered for the messages in hand."""
        super().stop()
        self._pool.shutdown()

    def step(self) -> float:
        """Promise and send what is due; run again at once where more may be due."""
        self._settle()
        self.recover()
        self.promise()
        sent = self.run()
        looked_at = 0 if sent >= SENDERS else self.watches.run()  # callers' messages go first
        if max(sent, looked_at) >= SENDERS:
            self.wake()
        return 0.0

    def step_beside(self) -> float:
        """Store what became of messages that this server sent while it led."""
        self._settle()
        return 0.0

    def recover(self) -> None:
        """Mark messages as lost that a server was sending when it was killed."""
        now = self._clock.now()
        with reading(self._engine) as tx:
            if not list_interrupted(tx, now):
                return
        with transaction(self._engine) as tx:
            lost = lose_interrupted(tx, now)
        _log.warning("%d messages were being sent when a server stopped", lost)

    def run(self) -> int:
        """Send what is due; return how many messages that were."""
        self._settle()
        now = self._clock.now()
        with reading(self._engine) as tx:
            if not list_due_notices(tx, now, 1):
                return 0
        city = self._city_state.now.city
        with transaction(self._engine) as tx:
            rules, sms = self._settings.rules, self._settings.sms_rules
            messages = claim_messages(tx, rules, city.timezone, now, SENDERS, sms)
        faults = list(self._pool.map(self._sent, messages))
        self._sent_messages += zip(messages, faults, strict=True)
        self._settle()
        return len(messages)

    def _settle(self) -> None:
        """Store what became of sent messages, also those that found the disk full before."""
        if not self._sent_messages:
            return
        now = self._clock.now()
        with transaction(self._engine) as tx:
            states = [
                settle_message(tx, message, fault, now, again=fault != NO_WAY)
                for message, fault in self._sent_messages
            ]
        self._sent_messages.clear()
        self.tally.update(state.value for state in states)

    def _sent(self, message: OutgoingMessage) -> str:
        """Return the fault of a message, "" for none; agencies without e-mail get paper."""
        if message.agency_message and not self._settings.email and not self._clock.training:
            return NO_WAY
        return self._guarded(message.who, self._text(message))

    def _guarded(self, who: Caller, text: NoticeText) -> str:
        """Return the fault of a message, "" for none; an exception counts as a refusal."""
        try:
            return self.gateway.send(who, text)
        except Exception:
            _log.exception("a gateway failed")
            return REFUSED

    def _text(self, message: OutgoingMessage) -> NoticeText:
        city_state = self._city_state.now
        language = message.who.language or city_state.city.language
        t = translator(language, city_state.city.timezone).plain
        if (to := message.agency_message) is not None:
            args = (message.asked, to.agency, to.caller_phone, city_state.network, t)
            return letter_text(paper_view(to.referral, *args), t)
        segment_id = SegmentId(int(message.notice.facts.get("segment", "0")))
        segment = city_state.network.find(segment_id)
        street = called(street_name(segment), t) if segment else ""
        opening = TrackingLink(self._settings.address, message.code, message.confirm)
        now, reference = self._clock.now(), message.asked.reference
        return notice_text(message.notice, reference, street, opening, t, now)

    def promise(self) -> None:
        """Promise a time to callers of placed requests that have no promise yet, and notify them.

        Their truck was too late then or their street closed, or they were opened again since.
        """
        if time.monotonic() < self._promised_s + PROMISES_S:
            return
        self._promised_s = time.monotonic()
        now = self._clock.now()
        city_state = self._city_state.now
        estimates = Estimates(self._plans, city_state.network, city_state.policy)
        with reading(self._engine) as tx:
            storm = find_active_storm(tx)
            driven = self._plans.driven(tx, storm.id) if storm else None
            waiting = set(list_unpromised(tx)) & driven.legs_for.keys() if driven else set()
        if storm is not None and waiting:
            with transaction(self._engine) as tx:
                arrivals = estimates.arrivals(tx, storm.id, now)
                if arrivals is not None:
                    promise_open(tx, MESSENGER, arrivals, waiting)
                write_planned_notices(tx, waiting, now)
