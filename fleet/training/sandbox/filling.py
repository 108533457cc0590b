"""A sandbox is filled: the city's own rows, who the simulation plays, and a storm that begins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from data.languages import in_language
from data.model import Actor
from data.model.training.rehearsal import Training
from data.policy.access_rules import PublicRules, SignInRules
from data.policy.alert_rules import ForecastRules, WeatherFeedRules
from data.policy.city_policy import policy_from_toml, toml_from_policy
from data.store.accounts.accounts import (
    find_user_by_login,
    list_users,
    set_name,
    set_password_hash,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Database, Tx, reading, transaction
from data.store.setup.city import get_city, get_policy, get_policy_text, set_policy_text
from data.store.streets.network import load_network
from data.store.training.rehearsal import set_training
from data.store.training.sandbox_copy import copy_city, copy_limits
from fleet.accounts.accounts import enroll_player
from fleet.storms.storm_start import start_storm

SIMULATION = {"en": "Simulation", "fa": "شبیه‌ساز", "az": "Simulyator"}
"""What colleagues call them, by the city's language."""

STEPS = ("copy", "storm")
"""What `fill_sandbox` does, one after the other."""


@dataclass(frozen=True, slots=True)
class NewSandbox:
    """What a sandbox begins with, beside the city.

    `hashes` are of the passwords of whom the simulation plays, `province_hashes` of people who
    sign in at the province, each by sign-in name.
    """

    training: Training
    storm_name: str
    hashes: Mapping[str, str]
    province_hashes: Mapping[str, str] = field(default_factory=dict)


def fill_sandbox(
    source: Database,
    sandbox: Database,
    new: NewSandbox,
    actor: Actor,
    report: Callable[[str], object] = bool,
) -> None:
    """Fill the empty tables of a sandbox and begin its storm; `report` hears each of `STEPS`."""
    at = new.training.began_at
    report("copy")
    with reading(source) as city, transaction(sandbox) as tx:
        copy_city(city, tx, new.province_hashes)
        _close_doors(tx)
        _note_people(tx, actor, at)
        _enroll_players(tx, actor, new.hashes, at)
        set_training(tx, new.training)
        after = {"scenario": new.training.scenario_name, "city": new.training.city}
        add_event(tx, at, actor, "training.begun", "training:1", after=after)
    report("storm")
    with reading(source) as city, transaction(sandbox) as tx:
        storm = start_storm(tx, actor, new.storm_name, load_network(tx), get_policy(tx), at)
        copy_limits(city, tx, storm.id, at)


def _close_doors(tx: Tx) -> None:
    """Ask for no second step, which stayed in the city, show nothing to everybody, ask no feed."""
    policy = policy_from_toml(get_policy_text(tx))
    closed = replace(
        policy,
        sign_in=SignInRules(),
        public=PublicRules(),
        forecast=ForecastRules(),
        weather_feed=WeatherFeedRules(),
    )
    set_policy_text(tx, toml_from_policy(closed))


def _note_people(tx: Tx, actor: Actor, now: datetime) -> None:
    """Say in the sandbox' own audit log who came along, in which roles."""
    for user in list_users(tx):
        after = {"login": user.login, "roles": list(user.roles), "language": user.language}
        add_event(tx, now, actor, "user.added", f"user:{user.id}", after=after)
        if user.disabled:
            add_event(tx, now, actor, "user.disabled", f"user:{user.id}")


def _enroll_players(tx: Tx, actor: Actor, hashes: Mapping[str, str], now: datetime) -> None:
    for login, digest in hashes.items():
        known = find_user_by_login(tx, login)
        if known is None:
            player = enroll_player(tx, actor, login, digest, now)
            set_name(tx, player.id, in_language(SIMULATION, get_city(tx).language or "en"))
        else:  # of a copy of a sandbox
            set_password_hash(tx, known.id, digest)
