"""The one city of a database, its policy, its fleet file and the report of its import."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from data.errors import NotFoundError
from data.model import City
from data.policy.city_policy import Policy, policy_from_toml
from data.store.database.engine import Tx
from data.store.database.records import record, row_of
from data.store.schema import city
from data.store.streets.service_levels import list_levels


def save_city(
    tx: Tx, home: City, policy_text: str, fleet_text: str, report: Mapping[str, object]
) -> None:
    """Make `home` the city of this database."""
    tx.execute(delete(city))
    texts = {"policy": policy_text, "fleet": fleet_text, "report": dict(report)}
    tx.execute(insert(city).values(row_of(home, city, **texts)))


def get_city(tx: Tx) -> City:
    """Return the city."""
    return record(City, _row(tx))


def set_streets(tx: Tx, home: City, report: Mapping[str, object]) -> None:
    """Say what the city stands on since a newer file; its name, texts and revision stay."""
    tx.execute(
        update(city).values(
            bounds=list(home.bounds),
            network_version=home.network_version,
            attribution=home.attribution,
            boundary=home.boundary,
            report=dict(report),
        )
    )


def next_revision(tx: Tx) -> None:
    """Tell running servers that streets, classes, policy or fleet have changed."""
    tx.execute(update(city).values(revision=city.c.revision + 1))


def get_report(tx: Tx) -> dict[str, Any]:
    """Return what the import of the city found."""
    return dict(_row(tx).report)


def set_report(tx: Tx, report: Mapping[str, object]) -> None:
    """Replace what `city show` prints."""
    tx.execute(update(city).values(report=dict(report)))


def get_policy_text(tx: Tx) -> str:
    """Return policy.toml as it was last set."""
    return str(_row(tx).policy)


def get_policy(tx: Tx) -> Policy:
    """Return the service policy with the levels of single streets."""
    return replace(policy_from_toml(get_policy_text(tx)), levels=list_levels(tx))


def set_policy_text(tx: Tx, text: str) -> None:
    """Replace policy.toml; the caller has validated it."""
    tx.execute(update(city).values(policy=text))


def get_fleet_text(tx: Tx) -> str:
    """Return fleet.toml as it was last set."""
    return str(_row(tx).fleet)


def set_fleet_text(tx: Tx, text: str) -> None:
    """Replace fleet.toml; the caller has validated it."""
    tx.execute(update(city).values(fleet=text))


def _row(tx: Tx) -> Row[Any]:
    row = tx.execute(select(city)).first()
    if row is None:
        raise NotFoundError("city", "of this database")
    return row
