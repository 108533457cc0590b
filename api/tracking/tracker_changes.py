"""Changes of trackers that all servers of a city must know of."""

from api.web.context import App
from data.model import DeviceId

COMMANDS, TRACKERS = "commands", "trackers"
"""Kinds of changes that servers tell each other: trackers with a new command, changed trackers."""


def expect_command(app: App, device_id: DeviceId) -> None:
    """Give a command to a tracker with the next answer to it, from whichever server."""
    app.position_ingest.commands.expect(device_id)
    app.hub.publish(COMMANDS, [(int(device_id),)])


def forget_trackers(app: App) -> None:
    """Read the trackers anew, on all servers: one was changed."""
    app.position_ingest.devices.forget()
    app.hub.publish(TRACKERS, [(0,)])
