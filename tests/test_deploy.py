"""The files that administrators copy: units, proxies, all naming things that exist."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
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


def nginx_files(folder: Path, text: str) -> list[str | Path]:
    """Write a configuration of nginx around a site; return the command that runs it."""
    made = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x"
    keys = f"{made} -keyout server.key -out server.crt".split()
    subprocess.run([found("openssl"), *keys], cwd=folder, check=True, capture_output=True)
    (folder / "site.conf").write_text(text.replace("/etc/barfrub", str(folder)))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid; error_log {folder}/log; events {{}}\n"
        f"http {{ access_log off; {folders} include {folder}/site.conf; }}\n"
    )
    return [found("nginx"), "-e", folder / "log", "-c", folder / "nginx.conf"]


def test_nginx_understands_its_example(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    done = subprocess.run([*nginx_files(tmp_path, text), "-t"], capture_output=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def plain_http(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of nginx with its example, at its door for plain HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("", 0)) as other:
        ports = one.getsockname()[1], other.getsockname()[1]
    text = re.sub(r"listen \[::\]:\d+.*;", "", (DEPLOY / "nginx.conf").read_text("utf-8"))
    text = text.replace("listen 80;", f"listen 127.0.0.1:{ports[0]};")
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{ports[1]} ssl;")
    words = [*nginx_files(tmp_path, text), "-g", "daemon off; master_process off;"]
    with subprocess.Popen(words) as nginx:
        client = httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}", trust_env=False)
        while not _answers(client) and nginx.poll() is None:
            time.sleep(0.01)
        yield client
        client.close()
        nginx.terminate()


def _answers(client: httpx.Client) -> bool:
    try:
        client.get("/")
    except httpx.ConnectError:
        return False
    return True


def test_pages_lead_on_to_https_and_programs_are_refused_over_plain_http(
    plain_http: httpx.Client,
) -> None:
    page = plain_http.get("/report?lang=fa", headers={"host": "barfrub.example.org"})
    assert page.status_code == 301
    assert page.headers["location"] == "https://barfrub.example.org/report?lang=fa"
    refused = {
        path: plain_http.request(method, path).status_code
        for method, path in (
            ("POST", "/sign-in"),
            ("POST", "/positions"),
            ("GET", "/api/board"),
            ("GET", "/osmand?id=token"),
            ("GET", "/?id=token&lat=1"),
            ("GET", "/open311/v2/requests.json?api_key=key"),
        )
    }
    assert set(refused.values()) == {403}, refused


def test_nginx_speaks_tls_1_2_and_1_3_with_forward_secrecy_alone() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert re.findall(r"ssl_protocols (.+);", text) == ["TLSv1.2 TLSv1.3"]
    (suites,) = re.findall(r"ssl_ciphers (.+);", text)
    kind = re.compile(r"ECDHE-\w+-(AES\d+-GCM-SHA\d+|CHACHA20-POLY1305)")
    assert [each for each in suites.split(":") if not kind.fullmatch(each)] == []


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
