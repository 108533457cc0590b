"""Rules of the house that no linter knows."""

import ast
import importlib
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("api", "data", "fleet", "maps", "routing")
MAX_LINES = 400
MAX_MODULES = 15
WIRING = {"cli", "config", "processes", "server", "simulation"}
"""Rooms of `api` that put processes together, and may read whatever rows these need."""

OWN_ROWS = {
    "access": "accounts",
    "edits": "planning",
    "open311": "requests",
    "replanning": "planning",
    "routes": "planning",
    "web": "accounts",
    "what_if": "planning",
}
"""Whose rows a room of `api` reads that has none of its own name; `board` has none at all."""

WRITES = ("add_", "clear_", "forget_", "mark_", "note_", "put_", "remove_", "save_", "set_")
"""How functions of the store that change rows begin."""

WRITERS = {"log_import.py"}
"""Modules beside the processes that store positions by themselves: a recorded log, portion-wise."""

COMMAND_LINE = ROOT / "api" / "cli"


def _tracked(*patterns: str) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).exists()]


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_ours_and_only_ours(name):
    package = importlib.import_module(name)
    assert Path(package.__file__).parent == ROOT / name
    assert set(packages_distributions().get(name, [])) <= {"barfrub"}


def test_revisions_of_the_tables_are_one_chain():
    files = (ROOT / "data/store/migrations/versions").glob("r*.py")
    follows = [re.findall(r'^down_revision = "(\d+)"', f.read_text("utf-8"), re.M) for f in files]
    assert [number for number, times in Counter(map(str, follows)).items() if times > 1] == []


def test_files_are_short():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _tracked("*.py", "*.js", "*.css", "*.html")
        if "migrations" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def test_no_literal_tuple_is_unpacked_to_save_lines():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _holding(r"\*(?:[\s\\]|#.*\n)*[(\[]", _tracked("*.py"))
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Starred) and isinstance(node.value, ast.Tuple | ast.List)
    ]
    assert found == []


@pytest.mark.parametrize("ending", ["js", "py"])
def test_no_folder_has_too_many_modules(ending):
    tests = ["tests/**test_*.py"] if ending == "py" else []
    modules = _tracked(*(f"{package}/**.{ending}" for package in PACKAGES), *tests)
    folders = Counter(
        str(path.parent.relative_to(ROOT))
        for path in modules
        # Revisions of the tables are one module each, and become more for ever.
        if path.name != "__init__.py" and path.parent.name != "versions"
    )
    assert {name: many for name, many in folders.items() if many > MAX_MODULES} == {}


def test_every_room_says_which_question_it_answers():
    silent = [
        str(path.relative_to(ROOT))
        for path in _tracked(*(f"{package}/**__init__.py" for package in PACKAGES))
        if "?" not in (ast.get_docstring(_tree(path)) or "").partition("\n")[0]
    ]
    assert silent == []


def test_modules_import_at_the_top_except_commands():
    late = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _holding(r"^[^\S\n]+(?:import|from)\b", _modules())
        if not path.is_relative_to(COMMAND_LINE)
        for function in ast.walk(_tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert late == []


def test_no_two_public_classes_share_a_name():
    homes = defaultdict(list)
    for path in _holding(r"^class\b", _modules()):
        for node in _tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


def test_no_import_is_for_type_checkers_alone():
    hidden = [
        str(path.relative_to(ROOT))
        for path in _holding("TYPE_CHECKING", _modules())
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ImportFrom)
        and node.module == "typing"
        and "TYPE_CHECKING" in [each.name for each in node.names]
    ]
    assert hidden == []


def test_a_room_of_the_web_reads_only_its_own_rows():
    foreign = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in _modules()
        if (room := _room_of_api(path)) and room not in WIRING
        for module, _ in _store_imports(path)
        if module.split(".")[2] not in {"database", OWN_ROWS.get(room, room)}
    ]
    assert foreign == []


def test_only_fleet_changes_rows():
    changes = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in _modules()
        if (room := _room_of_api(path)) and room not in {"processes", "cli"}
        if path.name not in WRITERS
        for _, name in _store_imports(path)
        if name.startswith(WRITES)
    ]
    assert changes == []


def _room_of_api(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "api" else ""


def _store_imports(path: Path) -> list[tuple[str, str]]:
    """Return what a module imports of the store, as pairs of module and name."""
    return [
        (node.module, each.name)
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("data.store.")
        for each in node.names
    ]


def _modules() -> list[Path]:
    return _tracked(*(f"{package}/**.py" for package in PACKAGES))


def _holding(pattern: str, paths: list[Path]) -> list[Path]:
    """Return the files with a text: most cannot have what is sought, and reading syntax is slow.

    One statement a line, as the formatter writes it.
    """
    sought = re.compile(pattern, re.M)
    return [path for path in paths if sought.search(path.read_text(encoding="utf-8"))]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_scripts_styles_templates_and_texts_stand_in_the_same_rooms():
    texts = {path.stem for path in _tracked("maps/locale/*.po")}
    shown = {
        path.relative_to(ROOT / folder).parts[0]
        for folder in ("maps/static/js", "maps/static/css", "maps/templates")
        for path in _tracked(f"{folder}/**")
    }
    assert shown <= texts


def test_locks_hold_no_address():
    for lock in _tracked("requirements*.lock", "maps/package-lock.json", "maps/.npmrc"):
        assert not re.search(r"https?://", lock.read_text(encoding="utf-8")), lock


def test_every_npm_package_is_pinned_by_its_content():
    lock = json.loads((ROOT / "maps/package-lock.json").read_text(encoding="utf-8"))
    loose = [name for name, entry in lock["packages"].items() if name and "integrity" not in entry]
    assert loose == []


def test_help_needs_no_heavy_import():
    heavy = {"numpy", "sqlalchemy", "fastapi", "numba", "shapely", "networkx", "pydantic"}
    loaded = _loaded_by("api.cli.main")
    assert loaded & heavy == set()
    assert loaded & {"rich", "importlib.metadata"} == set()
    ours = {name for name in loaded if name.partition(".")[0] in PACKAGES}
    assert ours == {"api", "api.cli", "api.cli.main"}


def test_the_web_loads_no_optimizer_and_no_queue_of_another_store():
    optimizer = ("network", "check", "bounds", "search", "replanning", "planning")
    wanted = {f"routing.{room}" for room in optimizer} | {"routing.kernels.search"}
    assert _loaded_by("api.server.app") & (wanted | {"procrastinate"}) == set()


def _loaded_by(module: str) -> set[str]:
    """Return what a process has loaded that imported a module."""
    probe = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_every_setting_is_described():
    settings = importlib.import_module("api.config.settings").Settings
    undescribed = [name for name, field in settings.model_fields.items() if not field.description]
    assert undescribed == []


def test_every_setting_is_in_the_administrators_guide():
    settings = importlib.import_module("api.config.settings").Settings
    guide = (ROOT / "docs/guide/administrator.md").read_text(encoding="utf-8")
    missing = [
        name
        for name, field in settings.model_fields.items()
        if f"`BARFRUB_{name.upper()}` | {field.description} |" not in guide
    ]
    assert missing == []
