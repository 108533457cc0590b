"""The files that administrators copy: units, proxies, all naming things that exist."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from api.cli.main import COMMANDS
from api.config.settings import Settings

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))


def found(program: str) -> str:
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def test_there_is_a_unit_for_the_server_and_one_for_backups() -> None:
    assert UNITS == ["barfrub-backup.service", "barfrub-backup.timer", "barfrub.service"]


def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    program = found("systemd-analyze")
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("/opt/barfrub/current/bin/barfrub", "/bin/true"))
    done = subprocess.run(
        [program, "verify", "--man=no", *(tmp_path / name for name in UNITS)],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_units_set_what_is_a_setting_and_run_what_is_a_command(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    known = {f"BARFRUB_{setting.upper()}" for setting in Settings.model_fields}
    assert set(re.findall(r"BARFRUB_\w+", text)) <= known
    names = set(COMMANDS)
    (word,) = re.findall(r"^ExecStart=\S+ (\w+)", text, re.MULTILINE)
    assert word in names


def test_every_command_of_the_guide_exists() -> None:
    guide = (ROOT / "docs/guide/administrator.md").read_text("utf-8")
    named = set(COMMANDS)
    used = set(re.findall(r"(?:^|`)barfrub ([a-z]+)", guide, re.MULTILINE))
    assert {"backup", "restore", "upgrade"} <= used
    assert used <= named


def test_nginx_understands_its_example(tmp_path: Path) -> None:
    program, openssl = found("nginx"), found("openssl")
    made = (
        "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout server.key -out server.crt"
    )
    subprocess.run([openssl, *made.split()], cwd=tmp_path, check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf").read_text("utf-8").replace("/etc/barfrub", str(tmp_path))
    (tmp_path / "site.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}\n"
        f"http {{ access_log off; {folders} include {tmp_path}/site.conf; }}\n"
    )
    done = subprocess.run([program, "-t", "-c", tmp_path / "nginx.conf"], capture_output=True)
    assert done.returncode == 0, done.stderr


def test_caddy_understands_its_example(tmp_path: Path) -> None:
    words = ["validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    done = subprocess.run(
        [found("caddy"), *words],
        capture_output=True,
        env={"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_no_proxy_passes_figures_on(name: str) -> None:
    assert re.search(r"/metrics\b[^\n]*(404|\{\n\s+return 404)", (DEPLOY / name).read_text("utf-8"))


def test_the_shell_scripts_are_well_formed() -> None:
    for script in (DEPLOY / "install.sh", ROOT / "scripts/bundle", ROOT / "scripts/setup"):
        shell = "sh" if script.suffix == ".sh" else "bash"
        done = subprocess.run([shell, "-n", script], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), script
        assert script.stat().st_mode & 0o111, script
