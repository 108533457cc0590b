"""The files that administrators copy: units, proxies, containers, all naming things that exist."""

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from api.cli.main import COMMANDS, loaded_command
from api.config.settings import Settings

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
CONTAINER = DEPLOY / "container"
MONITORING = DEPLOY / "monitoring"
GUIDE = (ROOT / "docs/guide/administrator.md").read_text("utf-8")
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
SETTINGS = {f"BARFRUB_{setting.upper()}" for setting in Settings.model_fields}


def found(program: str) -> str:
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def require_command(words: list[str]) -> None:
    """Fail unless this is a command of the program with options that it has."""
    name, *rest = words
    assert name in COMMANDS
    known = {option for each in loaded_command(name).params for option in each.opts}
    assert {word for word in rest if word.startswith("--")} <= known


def test_there_is_a_unit_for_one_server_for_several_for_evidence_for_solvers_and_for_backups() -> (
    None
):
    assert UNITS == [
        "barfrub-backup.service",
        "barfrub-backup.timer",
        "barfrub-evidence@.service",
        "barfrub-worker@.service",
        "barfrub.service",
        "barfrub@.service",
    ]


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
    assert set(re.findall(r"BARFRUB_\w+", text)) <= SETTINGS
    (line,) = re.findall(r"^ExecStart=\S+/barfrub (.+)", text, re.MULTILINE)
    require_command(line.split())


@pytest.mark.parametrize(
    "name", ["barfrub@.service", "barfrub-evidence@.service", "barfrub-worker@.service"]
)
def test_units_of_many_processes_are_as_hard_as_that_of_one(name: str) -> None:
    def rules(unit: str) -> set[str]:
        text = (DEPLOY / unit).read_text("utf-8").partition("\nNoNewPrivileges")[2]
        return set(text.partition("[Install]")[0].splitlines())

    assert rules(name) == rules("barfrub.service") != {""}


def test_every_command_of_the_guide_exists() -> None:
    named = set(COMMANDS)
    used = set(re.findall(r"(?:^|`)barfrub ([a-z]+)", GUIDE, re.MULTILINE))
    assert {"backup", "restore", "upgrade"} <= used
    assert used <= named


SERVERS = re.compile(r"sed 's/([^/]+)/([^/]+)/' /etc/barfrub/nginx\.conf")
"""How the proxy's container names the servers."""


def with_several_servers(text: str) -> str:
    (order,) = SERVERS.findall((CONTAINER / "compose.yaml").read_text("utf-8"))
    assert order[0] in text
    return text.replace(order[0], re.sub(r"server\d:", "127.0.0.1:", order[1]))


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


@pytest.mark.parametrize("change", [str, with_several_servers])
def test_nginx_understands_its_example(tmp_path: Path, change: Any) -> None:
    text = change((DEPLOY / "nginx.conf").read_text("utf-8"))
    done = subprocess.run([*nginx_files(tmp_path, text), "-t"], capture_output=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """The ports for HTTP and HTTPS of nginx with its example, before a server that takes all.

    A place of a limit is free again after an hour only, so that a slow test counts the same.
    """
    with ExitStack() as taken:
        free = [taken.enter_context(socket.create_server(("", 0))) for _ in range(3)]
        http, https, server = (each.getsockname()[1] for each in free)
    text = re.sub(r"listen \[::\]:\d+.*;", "", (DEPLOY / "nginx.conf").read_text("utf-8"))
    text = text.replace("listen 80;", f"listen 127.0.0.1:{http};")
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{https} ssl;")
    text = re.sub(r"rate=\d+r/s;", "rate=1r/m;", text)
    text = text.replace("server 127.0.0.1:8000;", f"server 127.0.0.1:{server};")
    text += f"server {{ listen 127.0.0.1:{server}; return 200; }}\n"
    words = [*nginx_files(tmp_path, text), "-g", "daemon off; master_process off;"]
    with subprocess.Popen(words) as nginx, a_client(f"http://127.0.0.1:{http}") as client:
        while not _answers(client) and nginx.poll() is None:
            time.sleep(0.01)
        yield http, https
        nginx.terminate()


def a_client(address: str, sender: str = "127.0.0.1") -> httpx.Client:
    way = httpx.HTTPTransport(verify=False, local_address=sender)
    return httpx.Client(base_url=address, transport=way, trust_env=False)


@pytest.fixture
def plain_http(doors: tuple[int, int]) -> Iterator[httpx.Client]:
    """A client of nginx with its example, at its door for plain HTTP."""
    with a_client(f"http://127.0.0.1:{doors[0]}") as client:
        yield client


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


def test_nginx_limits_each_address_and_most_of_all_where_strangers_guess() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    rates = dict(
        re.findall(r"limit_req_zone \$binary_remote_addr zone=(\w+):\S+ rate=(\d+)r/s;", text)
    )
    assert rates == {"barfrub": "100", "barfrub_doors": "2"}
    assert re.search(r"^    limit_req zone=barfrub ", text, re.MULTILINE)
    (doors,) = re.findall(r"location ~ (\S+) {\n\s+limit_req zone=barfrub_doors ", text)
    guessed = ("/sign-in", "/sign-in/code", "/forgotten", "/forgotten/code", "/drive", "/report")
    guessed += ("/track", "/track/confirm")
    assert [path for path in guessed if not re.match(doors, path)] == []


def test_nginx_refuses_one_address_that_asks_too_often_and_nobody_else(
    doors: tuple[int, int],
) -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    at_once = {zone: int(more) + 1 for zone, more in re.findall(r"zone=(\w+) burst=(\d+)", text)}
    address = f"https://127.0.0.1:{doors[1]}"
    with a_client(address) as often, a_client(address, "127.0.0.2") as other:
        most = at_once["barfrub_doors"]
        codes = [often.post("/sign-in").status_code for _ in range(most + 1)]
        assert codes == [200] * most + [429]
        assert often.get("/track").status_code == 429
        most = at_once["barfrub"]
        codes = [often.get("/api/board").status_code for _ in range(most + 1)]
        assert codes[0] == 200
        assert codes[-1] == 429
        assert other.post("/sign-in").status_code == 200


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
    ours = (DEPLOY / "install.sh", CONTAINER / "database.sh")
    for script in (*ours, ROOT / "scripts/bundle", ROOT / "scripts/setup"):
        shell = "sh" if script.suffix == ".sh" else "bash"
        done = subprocess.run([shell, "-n", script], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), script
        assert script.stat().st_mode & 0o111, script


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((CONTAINER / "compose.yaml").read_text("utf-8"))
    return services


def test_the_compose_file_sets_what_is_a_setting_and_runs_what_is_a_command() -> None:
    ours = {name: one for name, one in compose()["services"].items() if one["image"] == "barfrub"}
    assert set(ours) == {"server1", "server2", "evidence", "worker"}
    for one in ours.values():
        assert set(one["environment"]) <= SETTINGS
        if "command" in one:
            require_command(one["command"][1:])


def test_the_compose_file_names_networks_volumes_and_secrets_that_it_has() -> None:
    whole = compose()
    for one in whole["services"].values():
        for kind in ("networks", "secrets"):
            named = [
                each if isinstance(each, str) else each["source"] for each in one.get(kind, ())
            ]
            assert set(named) <= set(whole[kind])
        sources = [each.split(":")[0] for each in one.get("volumes", ())]
        assert all(each in whole["volumes"] or (CONTAINER / each).exists() for each in sources)
        assert set(one.get("depends_on", ())) <= set(whole["services"])
    files = {name: secret["file"] for name, secret in whole["secrets"].items()}
    assert set(files) == {Path(file).name for file in files.values()}
    assert [name for name in files if name not in GUIDE] == []
    assert {name.upper() for name in files if name.startswith("barfrub_")} <= SETTINGS


def test_only_the_proxys_own_address_is_believed_in_containers() -> None:
    services = compose()["services"]
    address = services["proxy"]["networks"]["inside"]["ipv4_address"]
    assert services["server1"]["environment"]["BARFRUB_PROXIES"] == address


def test_the_image_is_made_of_the_bundle_runs_as_nobody_and_says_how_it_is() -> None:
    text = (CONTAINER / "Containerfile").read_text("utf-8")
    assert "install.sh --prefix /opt/barfrub --python " in text
    assert set(re.findall(r"BARFRUB_\w+", text)) <= SETTINGS
    orders = [line.split() for line in text.splitlines() if re.match(r"[A-Z]+ ", line)]
    last = {words[0]: words[1:] for words in orders}
    assert last["USER"] == ["10001"]
    assert "/health" in text.partition("HEALTHCHECK")[2]
    require_command(json.loads(" ".join(last["CMD"]))[1:])
    assert not re.search(r"gcc|g\+\+|build-essential|\bpip install\b", text)


def test_prometheus_understands_rules_and_targets() -> None:
    for kind, name in (("rules", "alerts.yml"), ("config", "prometheus.yml")):
        words = [found("promtool"), "check", kind, "--syntax-only", MONITORING / name]
        if kind == "rules":
            words.remove("--syntax-only")
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_an_alert_names_the_city_that_it_is_about() -> None:
    words = [found("promtool"), "test", "rules", ROOT / "tests/alerts.test.yml"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_line_in_the_guide() -> None:
    rules = yaml.safe_load((MONITORING / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
    named = {rule["alert"] for rule in rules}
    assert named == set(re.findall(r"^\| `(Barfrub\w+)` \|", GUIDE, re.MULTILINE))
