"""The offline bundle: `make bundle` fetches 200 MB, so most of this installs a small stand-in."""

import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
NO_NETWORK = ("unshare", "--map-root-user", "--net")


@pytest.fixture(scope="module", autouse=True)
def _a_machine_can_be_cut_off() -> None:
    if shutil.which("unshare") is None or subprocess.run([*NO_NETWORK, "true"]).returncode:
        pytest.skip("no network namespace can be made here, so nothing proves that none is used")


def a_wheel(folder: Path, name: str, version: str, modules: dict[str, str]) -> Path:
    info = f"{name}-{version}.dist-info"
    files = modules | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in files) + f"{info}/RECORD,,\n"
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)
    return wheel


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """An unpacked bundle as `make bundle` makes it, with a small program in place of ours."""
    folder = tmp_path / "barfrub-9.9-offline"
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    uv = wheels / "uv-1.0-py3-none-any.whl"
    with zipfile.ZipFile(uv, "w") as archive:
        archive.write(Path(sys.executable).with_name("uv"), "uv-1.0.data/scripts/uv")
    needed = a_wheel(wheels, "needed", "1.5", {"needed.py": "ANSWER = 42\n"})
    a_wheel(
        wheels, "barfrub", "9.9", {"api/__init__.py": "", "api/server/app.py": "import needed\n"}
    )
    digest = hashlib.sha256(needed.read_bytes()).hexdigest()
    (folder / "requirements.lock").write_text(f"needed==1.5 --hash=sha256:{digest}\n")
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    (folder / "deploy/install.sh").rename(folder / "install.sh")
    (folder / "administrator.md").write_text("# Guide\n")
    (folder / "kernels" / "0123").mkdir(parents=True)
    (folder / "kernels" / "0123" / "loop.nbi").write_text("compiled")
    facts = f"version=9.9\npython={PYTHON}\nmachine={platform.machine()}\n"
    (folder / "bundle.txt").write_text(facts)
    seal(folder)
    return folder


def seal(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  ./{path.relative_to(folder)}\n"
        for path in files
        if path.name != "SHA256SUMS"
    )
    (folder / "SHA256SUMS").write_text("".join(lines))


def install(bundle: Path, prefix: Path) -> subprocess.CompletedProcess[str]:
    """Install with the network off and an empty home."""
    command = [*NO_NETWORK, "env", "-i", "HOME=/nonexistent", "PATH=/usr/bin:/bin", "sh"]
    words = ["install.sh", "--prefix", str(prefix), "--python", sys.executable]
    return subprocess.run([*command, *words], cwd=bundle, capture_output=True, text=True)


def answer_of(prefix: Path) -> str:
    python = prefix / "current/bin/python"
    asked = [python, "-c", "import needed; print(needed.ANSWER)"]
    return subprocess.run(asked, capture_output=True, text=True, cwd="/").stdout.strip()


def test_a_bundle_installs_with_the_network_off(bundle: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "a place" / "barfrub"
    done = install(bundle, prefix)
    assert done.returncode == 0, done.stderr
    assert answer_of(prefix) == "42"
    assert {path.name for path in prefix.iterdir()} == {"9.9", "current"}
    assert (prefix / "current/deploy/barfrub.service").is_file()
    assert (prefix / "current/kernels/0123/loop.nbi").read_text() == "compiled"


def test_a_second_installation_leaves_the_first_one_running(bundle: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "barfrub"
    install(bundle, prefix)
    done = install(bundle, prefix)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in prefix.iterdir()} == {"9.9", "9.9-2", "current"}
    assert (prefix / "current").readlink() == Path("9.9-2")
    assert answer_of(prefix) == "42"


def with_a_spoilt_wheel(bundle: Path) -> None:
    (bundle / "requirements.lock").write_text("needed==1.5 --hash=sha256:" + "0" * 64 + "\n")


def without_a_wheel(bundle: Path) -> None:
    (bundle / "requirements.lock").write_text("missing==1.0 --hash=sha256:" + "0" * 64 + "\n")
    seal(bundle)


def for_another_python(bundle: Path) -> None:
    facts = f"version=9.9\npython=3.99\nmachine={platform.machine()}\n"
    (bundle / "bundle.txt").write_text(facts)
    seal(bundle)


def for_another_machine(bundle: Path) -> None:
    (bundle / "bundle.txt").write_text(f"version=9.9\npython={PYTHON}\nmachine=abacus\n")
    seal(bundle)


def whose_program_does_not_start(bundle: Path) -> None:
    a_wheel(bundle / "wheels", "barfrub", "9.9", {"api/server/app.py": "import nothing_like_it\n"})
    seal(bundle)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (with_a_spoilt_wheel, "not as it was made"),
        (without_a_wheel, "missing"),
        (for_another_python, "is for Python 3.99"),
        (for_another_machine, "is for abacus"),
        (whose_program_does_not_start, "does not start"),
    ],
)
def test_what_cannot_be_installed_leaves_nothing_behind(
    bundle: Path, tmp_path: Path, spoil, said: str
) -> None:
    spoil(bundle)
    done = install(bundle, tmp_path / "barfrub")
    assert done.returncode != 0
    assert said in done.stderr + done.stdout
    assert not list((tmp_path / "barfrub").glob("*"))


def test_the_real_bundle_installs_and_runs_with_the_network_off(tmp_path: Path) -> None:
    made = sorted((ROOT / "dist").glob("barfrub-*-offline.tar.gz"))
    if not made:
        pytest.skip("there is no bundle: make bundle")
    with tarfile.open(made[-1]) as archive:
        archive.extractall(tmp_path, filter="data")
    prefix = tmp_path / "barfrub"
    done = install(tmp_path / made[-1].name.removesuffix(".tar.gz"), prefix)
    assert done.returncode == 0, done.stderr
    program = prefix / "current/bin/barfrub"
    city = prefix / "current/lib" / f"python{PYTHON}" / "site-packages/maps/static/vendor/demo"
    for words in (
        ["city", "add", "gothenburg", str(city / "gothenburg.geojson")],
        ["backup", str(tmp_path / "saved.tar.gz")],
        ["restore", str(tmp_path / "saved.tar.gz"), "--city", "copy"],
    ):
        ran = subprocess.run(
            [*NO_NETWORK, program, *words],
            cwd="/",
            env={"BARFRUB_VAR": str(tmp_path / "var"), "HOME": "/nonexistent"},
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "var/cities/copy/tiles").is_dir()


@pytest.mark.parametrize("unit", ["barfrub.service", "barfrub@.service"])
def test_a_city_goes_on_where_memory_runs_out_for_the_training_beside_it(unit: str) -> None:
    assert "\nOOMPolicy=continue\n" in (ROOT / "deploy" / unit).read_text("utf-8")
