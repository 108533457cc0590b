"""The voice that a phone keeps for its route: how long espeak-ng speaks, how large it is."""

import base64
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from api.config.clock import Clock
from api.processes.cached_response import json_of, packed_answer_of
from api.processes.tasks.voice_task import VoiceTask
from api.shifts.route_voice import RouteVoice
from data.files.spoken_clips import SpokenText, can_speak
from data.model import Actor, ActorKind, DirectedSegment
from data.samples import TOWN_FILE
from data.store.database.engine import reading
from data.store.streets.network import load_network
from data.streets.network import StreetNetwork
from maps.guidance.driver_runs import driver_runs
from maps.guidance.phrases import phrases, said_of
from maps.guidance.run_groups import run_groups
from maps.pages.i18n import translator
from maps.routes.route_steps import Surroundings
from tests.benchmarks.planned_city import city_with_fleet
from tests.village_plan import a_leg

LANGUAGE = "fa"
LEGS = 600
ACTOR = Actor(ActorKind.SYSTEM, "bench")


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield phrases, seconds and sizes of a route of 600 streets of the drawn Persian town."""
    if not can_speak():
        yield "the stored voice", "espeak-ng is not installed", ""
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "town")
        engine = city_with_fleet(folder, TOWN_FILE, Clock().now(), ACTOR, "Asia/Tehran")
        with reading(engine) as tx:
            network = load_network(tx)
        engine.dispose()
        yield from _spoken(folder, network)


def _spoken(folder: Path, network: StreetNetwork) -> Iterator[tuple[str, str, str]]:
    began_s = perf_counter()
    said, known = _phrases_of(network)
    cut_s = perf_counter() - began_s
    yield (
        f"phrases of {said:,} different sentences, {LEGS} streets",
        f"{len(known)} in {cut_s * 1000:.0f} ms",
        "2,000",
    )
    task = VoiceTask(folder)
    task.clips(known)
    began_s = perf_counter()
    spoken = task.run()
    took_s = perf_counter() - began_s
    yield (
        "spoken for the first phone of a city",
        f"{took_s:.0f} s, {took_s / spoken * 1000:.0f} ms each",
        "before the shift",
    )
    began_s = perf_counter()
    made = task.clips(known).made
    coded = {phrase: base64.b64encode(clip).decode() for phrase, clip in made.items()}
    packed = packed_answer_of(json_of(RouteVoice(LANGUAGE, coded, 0)))
    again_ms = (perf_counter() - began_s) * 1000
    yield "the answer for the next phone", f"{again_ms:.0f} ms", ""
    mp3, kept = sum(map(len, made.values())), sum(map(len, coded.values()))
    told = f"{mp3 / 1e6:.2f} MB of MP3, {len(packed.content) / 1e6:.2f} sent, {kept / 1e6:.2f} kept"
    yield "size of a route's voice", told, ""


def _phrases_of(network: StreetNetwork) -> tuple[int, dict[str, SpokenText]]:
    t = translator(LANGUAGE)
    legs = [
        a_leg(path=(DirectedSegment(one.id, forward=True),), job_ids=(), length_m=one.length_m)
        for one in network.segments[:: len(network.segments) // LEGS][:LEGS]
    ]
    runs = driver_runs(legs, Surroundings(network, (), ""), t)
    said = said_of(runs, run_groups(runs, network, t))
    return len(set(said)), phrases(said, t)
