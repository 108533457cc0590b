"""What programs of PostgreSQL are called with."""

from pathlib import Path

import psycopg
import pytest

from data.errors import InvalidError
from data.store.backup.postgres_copy import address_text, password_of, program_call
from tests.postgres import SERVER


def test_programs_get_an_address_without_the_password() -> None:
    url = "postgresql://barfrub:se%40cret@db.example.org:5433/barfrub?sslmode=verify-full"
    assert address_text(url) == (
        "postgresql://barfrub@db.example.org:5433/barfrub?sslmode=verify-full"
    )


@pytest.mark.parametrize(
    ("url", "without"),
    [
        ("postgresql://a@h/db?password=se%40cret", "postgresql://a@h/db"),
        ("postgresql://a:other@h/db?password=se%40cret", "postgresql://a@h/db"),
        (
            "postgresql:///db?host=h&password=se%40cret&sslmode=require",
            "postgresql:///db?host=h&sslmode=require",
        ),
        ("postgresql://a:se%40cret@h/db", "postgresql://a@h/db"),
    ],
)
def test_a_password_in_the_query_is_handed_over_as_one_before_the_host(
    url: str, without: str
) -> None:
    assert (address_text(url), password_of(url)) == (without, "se@cret")


def test_the_password_of_a_key_is_in_a_file_of_its_user_for_as_long_as_the_call_lasts() -> None:
    url = "postgresql://a:p%40ss@h/db?sslkey=%2Fk.pem&sslpassword=se%40cret"
    with program_call(url) as call:
        file = Path(call.environment["PGSERVICEFILE"])
        assert file.read_text() == "[barfrub]\nsslpassword=se@cret\n"
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        assert call.address == "postgresql://a@h/db?service=barfrub&sslkey=%2Fk.pem"
        assert call.environment["PGPASSWORD"] == "p@ss"
    assert not file.parent.exists()


@pytest.mark.skipif(not SERVER, reason="needs PostgreSQL")
def test_libpq_finds_the_password_of_a_key_where_it_is_handed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with program_call(f"{SERVER}/postgres?sslpassword=se%40cret") as call:
        for name, value in call.environment.items():
            monkeypatch.setenv(name, value)
        with psycopg.connect(call.address) as connection:
            found = {one.keyword: one.val for one in connection.pgconn.info}
    assert found[b"sslpassword"] == b"se@cret"


def test_an_address_without_a_password_of_a_key_needs_no_file() -> None:
    with program_call("postgresql://a@h/db?sslmode=require") as call:
        assert (call.address, call.environment) == ("postgresql://a@h/db?sslmode=require", {})


def test_an_error_names_no_password_of_a_key() -> None:
    assert address_text("postgresql://a@h/db?sslpassword=se%40cret") == "postgresql://a@h/db"


@pytest.mark.parametrize("more", ["se%0Acret", "secret&service=town"])
def test_a_password_of_a_key_that_no_service_file_can_carry_is_refused(more: str) -> None:
    with pytest.raises(InvalidError), program_call(f"postgresql://a@h/db?sslpassword={more}"):
        pass
