import os
from pathlib import Path

import pytest

from api.config.settings import Settings, prepare_numba

ROOT = Path(__file__).parent.parent

prepare_numba(Settings(var=ROOT / "var"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = Path(os.environ.get("BARFRUB_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no development data at {folder}")
    return folder
