"""What programs of PostgreSQL are called with."""

from data.store.backup.postgres_copy import address_text


def test_programs_get_an_address_without_the_password() -> None:
    url = "postgresql://barfrub:se%40cret@db.example.org:5433/barfrub?sslmode=verify-full"
    assert address_text(url) == (
        "postgresql://barfrub@db.example.org:5433/barfrub?sslmode=verify-full"
    )
