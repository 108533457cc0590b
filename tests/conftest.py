import hashlib
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# numba does not see changes in functions imported from other modules: one cache folder per kernel text.
_kernels = b"".join(file.read_bytes() for file in sorted((ROOT / "routing/kernels").glob("*.py")))
os.environ.setdefault(
    "NUMBA_CACHE_DIR", str(ROOT / "var" / "numba" / hashlib.sha256(_kernels).hexdigest()[:16])
)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = Path(os.environ.get("BARFRUB_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no development data at {folder}")
    return folder
