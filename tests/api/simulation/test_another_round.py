import httpx
import pytest
from pysqlite3 import dbapi2
from sqlalchemy.exc import OperationalError

from api.simulation.another_round import or_another_round


def of_database(said: str) -> OperationalError:
    return OperationalError("SELECT", None, dbapi2.OperationalError(said))


@pytest.mark.parametrize(
    "failure", [of_database("database is locked"), httpx.ConnectError("refused")]
)
def test_what_may_pass_ends_no_simulation(failure: Exception) -> None:
    with or_another_round():
        raise failure


def test_a_mistake_of_ours_ends_it() -> None:
    with pytest.raises(OperationalError), or_another_round():
        raise of_database("no such table: storm")
