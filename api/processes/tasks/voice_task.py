"""The task that speaks what phones without a voice of their driver's language asked for."""

import logging
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock

from api.processes.periodic_task import PeriodicTask
from data.files.spoken_clips import LONGEST_TEXT, SpokenText, can_speak, find_clip, make_clip

MOST_CLIPS = 2000
"""Of one route: a shift of a day has some hundreds."""

FAILED_REST_S = 600.0
"""So long nothing is asked of a voice that failed."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VoiceFailure:
    """What a voice that failed said; until `rests_until`, by `time.monotonic`, it is not asked."""

    reason: str
    rests_until: float


@dataclass(frozen=True, slots=True)
class Clips:
    """MP3 files by the phrase that they say, and how many more are being made.

    They are in the order in which they were asked for; the first `whole` of these are all made.
    """

    made: Mapping[str, bytes]
    missing: int
    whole: int


class VoiceTask(PeriodicTask):
    """Speaks one text after the other, each once a city; no request waits for it.

    Each server of a city speaks what its own phones want: only files are shared, if at all.
    """

    pause_s = 3600.0

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._lock = Lock()
        self._wanted: dict[SpokenText, None] = {}
        self._failures: dict[str, VoiceFailure] = {}

    def failures(self) -> dict[str, str]:
        """Return why voices fail on this server, by the code of their language."""
        with self._lock:
            return {voice: failure.reason for voice, failure in sorted(self._failures.items())}

    def clips(self, phrases: Mapping[str, SpokenText]) -> Clips:
        """Return the clips that there are, and have the others made."""
        asked = {
            phrase: (said, find_clip(self._folder, said))
            for phrase, said in islice(phrases.items(), MOST_CLIPS)
            if len(said.text) <= LONGEST_TEXT
        }
        missing = [said for said, clip in asked.values() if clip is None and self._speaks(said)]
        with self._lock:
            self._wanted.update(dict.fromkeys(missing))
        if missing:
            self.wake()
        made = {phrase: clip for phrase, (_, clip) in asked.items() if clip is not None}
        lacking = (row for row, (_, clip) in enumerate(asked.values()) if clip is None)
        return Clips(made, len(missing), next(lacking, len(asked)))

    def run(self) -> int:
        """Speak all that is wanted; return how many texts were spoken."""
        spoken = 0
        while not self._over.is_set() and (said := self._next()):
            try:
                make_clip(self._folder, said)
                self._works(said.voice)
                spoken += 1
            except (OSError, ValueError, RuntimeError, subprocess.SubprocessError) as error:
                self._give_up(said.voice, error)
            finally:
                with self._lock:
                    self._wanted.pop(said, None)
        return spoken

    def step_beside(self) -> float:
        """Speak here too."""
        self.run()
        return 0.0

    def _next(self) -> SpokenText | None:
        with self._lock:
            return next(iter(self._wanted), None)

    def _speaks(self, said: SpokenText) -> bool:
        failed = self._failures.get(said.voice)
        return can_speak() and (failed is None or time.monotonic() >= failed.rests_until)

    def _works(self, voice: str) -> None:
        with self._lock:
            self._failures.pop(voice, None)

    def _give_up(self, voice: str, error: Exception) -> None:
        _log.warning("the voice %s failed and phones lack texts: %s", voice, error)
        with self._lock:
            self._failures[voice] = VoiceFailure(str(error), time.monotonic() + FAILED_REST_S)
            self._wanted = {said: None for said in self._wanted if said.voice != voice}
