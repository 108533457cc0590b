import json
import os
import signal
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app, commands
from api.cli.storms.search_progress import ProgressLine, stoppable
from data.errors import BarfrubError, InvalidError
from tests.routing.formats.public_files import CARP, RELOAD, SMALL, TURNS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.dat"
    path.write_text(CARP, encoding="utf-8")
    return path


def run(*words: object, code: int = 0):
    done = CliRunner().invoke(commands, ["solve", *map(str, words)])
    if code == 0 and done.exception:
        raise done.exception
    assert done.exit_code == code, done.output
    return done


def solution(file: Path, *words: object, code: int = 0) -> dict:
    done = run(file, "--json", "-", *words, code=code)
    return json.loads(done.stdout)


def test_a_solution_is_summed_up_and_written(file: Path, tmp_path: Path):
    target = tmp_path / "found.json"
    done = run(file, "--iterations", 100, "--seed", 7, "--json", target)
    assert "Cost       60\n" in done.stdout
    assert "best 60  bound " in done.stderr
    written = json.loads(target.read_text(encoding="utf-8"))
    assert (written["instance"], written["format"], written["cost"]) == ("small", "carp", 60)
    assert written["seed"] == 7
    assert sorted(tmp_path.iterdir()) == sorted([file, target])


def test_the_solution_alone_goes_to_the_output_where_asked(file: Path):
    done = run(file, "--iterations", 10, "--json", "-")
    assert json.loads(done.stdout)["cost"] == 60
    assert "Cost       60" in done.stderr


def test_equal_seeds_and_iterations_give_equal_files_but_for_the_seconds(file: Path):
    one, other = (solution(file, "--iterations", 300) for _ in range(2))
    assert one.pop("seconds") >= 0
    other.pop("seconds")
    assert one == other


def test_seconds_end_the_search(file: Path):
    assert solution(file, "--seconds", 0)["iterations"] == 0
    assert solution(file, "--seconds", 3600, "--iterations", 5)["iterations"] < 10_000


@pytest.mark.parametrize("kind", SMALL)
def test_a_search_begins_with_a_solution_of_its_own(kind: str, tmp_path: Path):
    file, start = tmp_path / "small", tmp_path / "start.json"
    file.write_text(SMALL[kind], encoding="utf-8")
    first = solution(file, "--iterations", 300)
    start.write_text(json.dumps(first), encoding="utf-8")
    second = solution(file, "--iterations", 0, "--warm-start", start)
    assert second["cost"] <= first["cost"]
    assert [route["services"] for route in second["routes"]] == [
        route["services"] for route in first["routes"]
    ]


def test_a_solution_to_begin_with_may_use_more_routes_than_are_needed(file: Path, tmp_path: Path):
    start = tmp_path / "start.json"
    start.write_text('{"routes": [[[1, 2]], [], [], [], [], [], [[3, 2]]]}', encoding="utf-8")
    assert solution(file, "--iterations", 0, "--warm-start", start)["cost"] == 60


@pytest.mark.parametrize(
    ("text", "routes", "message"),
    [
        (CARP, "[[[1, 3]]]", "routes[0][0]: [1, 3], expected a street or node to serve"),
        (CARP, "[[[1, 9]]]", "routes[0][0][1]: 9, expected a node of the file"),
        (CARP, "[[[1]]]", "routes[0][0]: [1], expected two nodes"),
        (CARP, "[[[1, 2], [2, 3]]]", "routes[0]: load 6, expected at most 5"),
        (CARP, "[[[1, 2]], [[2, 1]]]", "routes[1][0]: [2, 1], expected a service that no other"),
        (CARP, '[[{"reload": 1}]]', "routes[0][0].reload: 1, expected a reload site"),
        (CARP, '[[{"stop": 1}]]', "routes[0][0].node: is missing"),
        (CARP, "7", "routes: 7, expected a list"),
        (CARP, "[7]", "routes[0]: 7, expected a list"),
        (RELOAD, '[[[-10, -20], {"reload": 8}, [7, -20], {"reload": 8}]]', None),
        (
            RELOAD.replace("MAX_TRIP : 60", "MAX_TRIP : 30"),
            '[{"services": [[-10, -20], {"reload": 8}, [7, -20], {"reload": 8}]}]',
            "routes[0]: costs 58, expected at most 30",
        ),
        (TURNS, '[[{"node": 2}, [2, 3]]]', None),
    ],
)
def test_a_solution_that_does_not_fit_is_refused(
    tmp_path: Path, text: str, routes: str, message: str | None
):
    file, start = tmp_path / "small", tmp_path / "start.json"
    file.write_text(text, encoding="utf-8")
    start.write_text(f'{{"routes": {routes}}}', encoding="utf-8")
    words = ["solve", str(file), "--iterations", "0", "--warm-start", str(start)]
    done = CliRunner().invoke(commands, words)
    if message is None:
        assert done.exit_code == 0, done.output
    else:
        assert isinstance(done.exception, BarfrubError)
        assert str(done.exception).startswith(f"{start}: {message}")


def test_what_is_left_undone_has_its_reason_and_its_exit_code(file: Path):
    file.write_text(CARP.replace("CAPACIDAD : 5", "CAPACIDAD : 2"), encoding="utf-8")
    done = run(file, "--iterations", 5, code=3)
    assert "Unserved:  2, no vehicle has the room" in done.stdout
    assert "Bound      not known" in done.stdout


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "No such file"), (b"", "the file is empty"), (b"\0\1", "expected text, got a binary")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, message: str):
    path = tmp_path / "x.dat"
    if content is not None:
        path.write_bytes(content)
    done = CliRunner().invoke(commands, ["solve", str(path)])
    assert isinstance(done.exception, BarfrubError)
    assert str(done.exception).startswith(f"{path}: ")
    assert message in str(done.exception)


def test_a_folder_is_no_file(tmp_path: Path):
    done = CliRunner().invoke(commands, ["solve", str(tmp_path)])
    assert f"{tmp_path}: cannot be read: Is a directory" in str(done.exception)


@pytest.mark.parametrize("target", ["", "no/such/place.json"])
def test_where_nothing_can_be_written_no_search_begins(file: Path, tmp_path: Path, target: str):
    words = ["solve", str(file), "--json", str(tmp_path / target)]
    done = CliRunner().invoke(commands, words)
    assert isinstance(done.exception, InvalidError)
    assert str(done.exception).startswith("--json: expected a file")
    assert done.stderr == ""


def test_seconds_must_be_a_number(file: Path):
    done = CliRunner().invoke(commands, ["solve", str(file), "--seconds", "inf"])
    assert str(done.exception) == "--seconds: expected a finite number, got inf"
    assert CliRunner().invoke(commands, ["solve", str(file), "--seconds", "-1"]).exit_code == 2


def test_a_mistake_is_one_line_with_exit_code_1(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    file.write_text(CARP.replace("coste 13", "coste x"), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["barfrub", "solve", str(file)])
    with pytest.raises(SystemExit) as ended:
        app()
    assert ended.value.code == 1
    message = f"barfrub: {file}: line 11: cost: expected a number, got 'x'\n"
    assert capsys.readouterr().err == message


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_to_stop_once(number: signal.Signals):
    former = signal.getsignal(number)
    with stoppable() as asked:
        assert not asked()
        os.kill(os.getpid(), number)
        assert asked()
        assert asked.by == number
        assert signal.getsignal(number) == former
    assert signal.getsignal(number) == former


def test_a_search_that_was_stopped_writes_its_best_and_ends_with_the_signals_code(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def told(_: ProgressLine, best: float, bound: float, unserved: int, iterations: int) -> None:
        if not told_before:
            os.kill(os.getpid(), signal.SIGINT)
        told_before.append(iterations)

    told_before: list[int] = []
    monkeypatch.setattr(ProgressLine, "__call__", told)
    target = tmp_path / "found.json"
    run(file, "--seconds", 3600, "--json", target, code=130)
    assert json.loads(target.read_text(encoding="utf-8"))["unserved"] == []


def test_progress_tells_best_bound_gap_and_speed(capsys: pytest.CaptureFixture[str]):
    progress = ProgressLine(unit=2.0)
    progress(110.0, 100.0, 0, 0)
    progress(105.0, 100.0, 0, 5_000)
    (line,) = capsys.readouterr().err.splitlines()
    assert "best 220  bound 200  gap 10.0%  unserved 0  iterations 0" in line
