from pathlib import Path

import pytest

from api.config.settings import Settings


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
