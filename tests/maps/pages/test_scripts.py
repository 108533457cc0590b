import re
from pathlib import Path

import pytest

from maps.pages import scripts
from maps.pages.templates import TEMPLATES_DIR

MAPS_DIR = TEMPLATES_DIR.parent


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Sources of one script and a bundle that was made from them."""
    sources, built = tmp_path / "js", tmp_path / "built"
    (sources / "board").mkdir(parents=True)
    built.mkdir()
    (sources / "board/main.js").write_text("export const a = 1;")
    monkeypatch.setattr(scripts, "SOURCES_DIR", sources)
    monkeypatch.setattr(scripts, "BUILT_DIR", built)
    monkeypatch.setattr(scripts, "STAMP", built / "sources.sha256")
    (built / "sources.sha256").write_text(scripts.sources_digest())
    return sources, built


def test_bundles_are_served_until_a_script_is_changed_added_or_renamed(folders) -> None:
    sources, built = folders
    assert scripts.scripts_dir() == built
    script = sources / "board/main.js"
    script.write_text("export const a = 2;")
    assert scripts.scripts_dir() == sources
    script.write_text("export const a = 1;")
    assert scripts.scripts_dir() == built
    (sources / "board/other.js").write_text("")
    assert scripts.scripts_dir() == sources
    (sources / "board/other.js").unlink()
    script.rename(sources / "board/chief.js")
    assert scripts.scripts_dir() == sources


def test_without_bundles_scripts_are_served_as_written(folders) -> None:
    sources, built = folders
    (built / "sources.sha256").unlink()
    assert scripts.scripts_dir() == sources


def test_every_script_that_a_page_or_a_test_opens_by_name_is_bundled() -> None:
    listed = {
        line
        for line in (MAPS_DIR / "scripts.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    }
    named = {
        name
        for page in TEMPLATES_DIR.rglob("*.html")
        for name in re.findall(r"/static/js/([\w/.-]+\.js)", page.read_text("utf-8"))
    }
    mains = {
        str(each.relative_to(scripts.SOURCES_DIR)) for each in scripts.SOURCES_DIR.rglob("main.js")
    }
    opened = {
        name
        for test in (MAPS_DIR.parent / "tests").rglob("*.py")
        for name in re.findall(r"import\(['\"]/static/js/([\w/.-]+\.js)", test.read_text("utf-8"))
    }
    assert named | mains | opened <= listed
    assert [name for name in sorted(listed) if not (scripts.SOURCES_DIR / name).is_file()] == []


def test_no_script_makes_markup_or_code_of_text_or_listens_to_other_windows() -> None:
    forbidden = re.compile(
        r"\.(?:inner|outer)HTML|insertAdjacentHTML|document\.write|unsafe(?:HTML|SVG|CSS)"
        r"|\beval\(|new Function|postMessage|[\"']message[\"']\s*,"
    )
    written = {
        f"{path.name}: {found[0]}"
        for path in (MAPS_DIR / "static/js").rglob("*.js")
        for found in forbidden.finditer(path.read_text("utf-8"))
    }
    # A page and its own service worker, which no other window can speak to.
    own = {"installed.js: postMessage", 'worker.js: "message",'}
    assert written == own


ARROWS = "forward|reply|send|log-out|undo|undo-2|redo-2|chevron-left|chevron-right|arrow-right"


def test_arrows_that_lead_on_or_back_are_mirrored_in_right_to_left() -> None:
    drawn = (rf'icon-({ARROWS})"', rf'icon\("({ARROWS})"\)', rf'"/[a-z/]+", "({ARROWS})", t\(')
    unmirrored = re.compile("|".join(drawn))
    pages = [*TEMPLATES_DIR.rglob("*.html"), *(MAPS_DIR / "static/js").rglob("*.js")]
    assert [one.name for one in pages if unmirrored.search(one.read_text("utf-8"))] == []
