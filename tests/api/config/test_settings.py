from pathlib import Path

import pytest

from api.config.settings import Settings, chosen_city
from data.errors import BarfrubError


def test_settings_are_read_from_files_where_the_environment_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "barfrub_metrics_token").write_text("a long word\n")
    (tmp_path / "barfrub_contact").write_text("from a file")
    assert Settings().metrics_token == ""
    monkeypatch.setenv("BARFRUB_SECRETS", str(tmp_path))
    monkeypatch.setenv("BARFRUB_CONTACT", "from the environment")
    read = Settings()
    assert (read.metrics_token, read.contact) == ("a long word", "from the environment")


LINES = """\
# of this machine
BARFRUB_DATABASE=postgresql://barfrub@db/barfrub?sslmode=verify-full&sslrootcert=/etc/ca.crt
BARFRUB_CONTACT="Winter service <winter@example.org>"
BARFRUB_METRICS_TOKEN=a#long$word
BARFRUB_CITY=urmia
"""


def test_commands_read_the_lines_that_units_read_where_the_environment_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, folder = tmp_path / "barfrub.env", tmp_path / "secrets"
    folder.mkdir()
    (folder / "barfrub_mqtt_password").write_text("of the broker")
    (folder / "barfrub_contact").write_text("counts after the lines")
    file.write_text(f"{LINES}BARFRUB_SECRETS={folder}\n")
    monkeypatch.setenv("BARFRUB_SETTINGS", str(file))
    monkeypatch.delenv("BARFRUB_DATABASE", raising=False)
    monkeypatch.setenv("BARFRUB_CITY", "rehearsal")
    read = Settings()
    assert read.database.endswith("/barfrub?sslmode=verify-full&sslrootcert=/etc/ca.crt")
    assert read.contact == "Winter service <winter@example.org>"
    assert (read.metrics_token, read.city) == ("a#long$word", "rehearsal")
    assert read.mqtt_password == "of the broker"


def test_a_file_of_settings_may_be_missing_but_not_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BARFRUB_SETTINGS", str(tmp_path / "none.env"))
    assert Settings().contact == ""
    (tmp_path / "old.env").write_bytes("BARFRUB_CONTACT=Größe".encode("cp1252"))
    monkeypatch.setenv("BARFRUB_SETTINGS", str(tmp_path / "old.env"))
    with pytest.raises(BarfrubError, match=r"old\.env cannot be read: .*utf-8"):
        Settings()


def test_a_command_that_could_mean_several_cities_says_how_to_name_one(tmp_path: Path) -> None:
    for name in ("urmia", "rehearsal"):
        (tmp_path / "cities" / name).mkdir(parents=True)
        (tmp_path / "cities" / name / "barfrub.sqlite").touch()
    with pytest.raises(BarfrubError, match=r"rehearsal, urmia.* BARFRUB_CITY"):
        chosen_city(Settings(var=tmp_path), None)
