"""A message gateway that records what it would send."""

from dataclasses import dataclass, field

from api.processes.messages.message_gateways import NoticeSettings
from api.processes.messages.notice_sender import NoticeSender
from data.store.requests.requests import Caller
from maps.requests.notices import NoticeText


@dataclass
class RecordingGateway:
    """Records messages; refuses the first `refusals` of them."""

    refusals: int = 0
    sent: list[tuple[Caller, NoticeText]] = field(default_factory=list)

    def send(self, who: Caller, text: NoticeText) -> str:
        if self.refusals:
            self.refusals -= 1
            return "refused"
        self.sent.append((who, text))
        return ""


@dataclass(frozen=True, slots=True)
class RecordingSettings(NoticeSettings):
    recorder: RecordingGateway = field(default_factory=RecordingGateway)

    def gateway(self) -> RecordingGateway:
        return self.recorder


def a_notice_sender(client, settings: NoticeSettings) -> NoticeSender:
    """Return a sender that runs when a test calls it, in place of the server's own."""
    app = client.app.state.barfrub
    client.portal.call(app.notice_sender.stop)
    key = app.settings.secret_key()
    return NoticeSender(app.engine, app.clock, app.city_state, settings, app.plans, key)
