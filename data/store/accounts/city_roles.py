"""What people of a province may do in its cities, as rows of the province's database."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from data.model import CityRoles, Role, UserId
from data.store.database.engine import Tx
from data.store.database.records import first_record, records
from data.store.schema import city_role


def list_city_roles(tx: Tx) -> list[CityRoles]:
    """Return the roles of everybody in each city, by person and city."""
    return records(CityRoles, tx.execute(select(city_role).order_by(*city_role.primary_key)))


def find_city_roles(tx: Tx, user_id: UserId, city: str) -> CityRoles | None:
    """Return the roles of a person in a city."""
    mine = (city_role.c.user_id == user_id) & (city_role.c.city == city)
    return first_record(CityRoles, tx.execute(select(city_role).where(mine)))


def save_city_roles(tx: Tx, user_id: UserId, city: str, roles: Sequence[Role]) -> None:
    """Keep the roles of a person in a city in place of earlier ones; none take the city away."""
    mine = (city_role.c.user_id == user_id) & (city_role.c.city == city)
    tx.execute(delete(city_role).where(mine))
    if roles:
        values = {"user_id": user_id, "city": city, "roles": list(roles)}
        tx.execute(insert(city_role).values(values))
