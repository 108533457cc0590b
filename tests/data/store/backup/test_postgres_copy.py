"""What programs of PostgreSQL are called with."""

import pytest

from data.store.backup.postgres_copy import address_text, password_of


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
