"""The page of a real city on which rehearsals of it are started, stopped and deleted."""

import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.config.training_clock import FASTEST, SLOWEST
from api.simulation.demo_city import CODE_FOLDER
from api.training.hosting.progress import (
    HostProgress,
    HostStep,
    find_host,
    find_progress,
    last_progress,
    starting,
    write_progress,
)
from api.training.hosting.sandbox_control import delete_sandbox, state_of, stop_host
from api.training.hosting.sandbox_processes import settings_taken_over
from api.training.hosting.starting import chosen_port, port_of_before
from api.web.checked_route import CheckedRoute
from api.web.context import Allowed, App, Context, app_of
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Wire
from data.errors import ConflictError, NotFoundError
from data.files.toml_reader import InvalidFileError
from data.languages import in_language
from data.model import Role
from data.model.training.rehearsal import Training
from data.training import SHIPPED, scenario_from_toml, shipped_scenario, shipped_text
from fleet.training.sandbox.folder import Sandbox, sandbox_of
from fleet.training.sandbox.making import require_room
from maps.pages.i18n import Translator
from maps.training.sandboxes import SandboxView, scenario_cards, step_told, storm_time

router = APIRouter(route_class=CheckedRoute)

StarterContext = Annotated[Context, Depends(Allowed((Role.ADMINISTRATOR, Role.SUPERVISOR)))]

LARGEST = 60_000
"""Letters of a scenario's file: four bytes each are still less than a request may have."""

NAME_LETTERS = 50
"""Of a scenario's file, so that its name is no longer than a file system takes."""

HOST = ["-m", "api", "training", "start"]
"""What Python runs as the host of a sandbox."""

HOST_THREAD = "training-host"
"""Thread that waits until a host ends."""

BEGINS_WITHIN_S = 30.0
"""How long an order waits for the host to say that it is there, or why it is not."""

LOOK_S = 0.1


class SandboxIn(Wire):
    """What to rehearse: a scenario that ships, by its name, or somebody's file with its name."""

    scenario: Annotated[str, Field(min_length=1, max_length=100)]
    toml: Annotated[str | None, Field(max_length=LARGEST)] = None
    speed: Annotated[float, Field(ge=SLOWEST, le=FASTEST)] = 1.0
    port: Annotated[int | None, Field(ge=1024, le=65535)] = None


@router.get("/training")
def training_page(request: Request, context: StarterContext) -> Response:
    """Show the rehearsal of this city, or what can be rehearsed; a sandbox shows its seats."""
    if context.app.settings.training:
        return RedirectResponse("/training/seats", status_code=303)
    return _page(request, context)


@router.get("/api/training/sandbox")
def get_sandbox(request: Request, context: StarterContext) -> SandboxView:
    """Return how the rehearsal of this city stands."""
    return _view(request, _sandbox(context.app))


@router.post("/api/training/sandbox", status_code=202)
def start_sandbox(wanted: SandboxIn, request: Request, context: StarterContext) -> SandboxView:
    """Make a sandbox of this city and serve it; how far that is, its state tells."""
    app, sandbox = context.app, _sandbox(context.app)
    text = shipped_text(wanted.scenario) if wanted.toml is None else wanted.toml
    scenario_from_toml(text, wanted.scenario)
    with starting(sandbox) as handle:
        if sandbox.exists:
            raise ConflictError(
                f"there is a rehearsal of {sandbox.city!r} already",
                reason="training_exists",
                city=sandbox.city,
            )
        require_room(app.engine, app.folder, app.settings.reserve_bytes)
        arguments = ["--speed", str(wanted.speed), "--scenario", wanted.scenario]
        if wanted.toml is not None:
            arguments[-1] = str(_kept(sandbox, wanted.scenario, text))
        arguments += ["--started-by", context.user.login]
        _host(context, sandbox, handle, arguments, wanted.port)
    return _view(request, sandbox)


@router.post("/api/training/sandbox/go-on", status_code=202)
def go_on(request: Request, context: StarterContext) -> SandboxView:
    """Serve the sandbox again that was stopped: it goes on where it stood, at its last address."""
    sandbox = _sandbox(context.app)
    with starting(sandbox) as handle:
        if not sandbox.exists:
            raise NotFoundError("training", sandbox.city)
        _host(context, sandbox, handle, [], port_of_before(context.app.settings, sandbox))
    return _view(request, sandbox)


@router.post("/api/training/sandbox/stop")
def stop_sandbox(request: Request, context: StarterContext) -> SandboxView:
    """Stop the rehearsal; it stays as it is."""
    sandbox = _sandbox(context.app)
    stop_host(sandbox)
    return _view(request, sandbox)


@router.post("/api/training/sandbox/delete")
def remove_sandbox(request: Request, context: StarterContext) -> SandboxView:
    """Delete the sandbox with all that was rehearsed in it."""
    sandbox = _sandbox(context.app)
    delete_sandbox(sandbox)
    return _view(request, sandbox)


def _page(request: Request, context: Context) -> HTMLResponse:
    t = translator_of(request)
    offered = [(name, shipped_scenario(name)) for name in SHIPPED]
    view = {
        "boot": boot_of(request, context),
        "state": _view(request, _sandbox(context.app)),
        "scenarios": scenario_cards(offered, t),
    }
    return page(request, "training/sandboxes.html", view)


def _sandbox(app: App) -> Sandbox:
    """Return where the sandbox of this city is; a sandbox has none of its own."""
    if app.settings.training:
        raise NotFoundError("training", app.folder.name)
    return sandbox_of(app.settings.var, app.folder.name)


def _kept(sandbox: Sandbox, called: str, toml: str) -> Path:
    """Keep somebody's scenario as a file for the host."""
    sandbox.desk.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = "".join(one for one in called if one.isalnum() or one in " -_").strip()
    name = name.removesuffix("toml")[:NAME_LETTERS].strip()
    file = sandbox.desk / f"{name or 'scenario'}.toml"
    file.write_text(toml, encoding="utf-8")
    return file


def _host(
    context: Context, sandbox: Sandbox, handle: int, arguments: list[str], port: int | None
) -> None:
    """Start a host in a session of its own, which inherits a handle; wait until it is there.

    It outlives this server, unless who manages services ends all that the server started. Where it
    takes long to load, the page goes on waiting.
    Raises `ConflictError` where the port is taken, and what kept the host from beginning.
    """
    settings = context.app.settings
    chosen = chosen_port(settings, port)
    sandbox.desk.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_progress(sandbox, HostProgress(HostStep.LOADING, chosen))
    command = [sys.executable, *HOST, "--city", sandbox.city]
    with sandbox.log.open("wb") as log:
        host = subprocess.Popen(  # noqa: S603 - our own program with checked arguments
            [*command, "--port", str(chosen), *arguments],
            cwd=CODE_FOLDER,
            env=os.environ
            | settings_taken_over(settings)
            | {"BARFRUB_VAR": str(settings.var.resolve())},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[handle],
        )
    Thread(target=_see_out, args=(host, sandbox), name=HOST_THREAD, daemon=True).start()
    until_s = time.monotonic() + BEGINS_WITHIN_S
    while find_host(sandbox) is None and time.monotonic() < until_s:
        if host.poll() is not None:
            raise _failed(sandbox, context.language)
        time.sleep(LOOK_S)


def _see_out(host: subprocess.Popen[bytes], sandbox: Sandbox) -> None:
    """Wait until a host ends, and say so for it where it could not begin, nor tell why."""
    failed, said = host.wait(), last_progress(sandbox)
    if failed and said.step is HostStep.LOADING:
        write_progress(sandbox, HostProgress(HostStep.FAILED, said.port, _last_words(sandbox)))


def _last_words(sandbox: Sandbox) -> str:
    """Return the last line that a host wrote to its log, else where that is."""
    said = sandbox.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return said[-1] if said else str(sandbox.log)


def _failed(sandbox: Sandbox, language: str) -> ConflictError:
    """Return what kept a host from beginning, as it said last."""
    fault = find_progress(sandbox).fault_in(language) or _last_words(sandbox)
    return ConflictError(
        f"the rehearsal could not begin: {fault}", reason="training_failed", fault=fault
    )


def _address(request: Request, port: int) -> str:
    """Return where browsers find a sandbox: by the proxy's address, else on its own port."""
    settings = app_of(request).settings
    if settings.training_address:
        return f"{settings.training_address.rstrip('/')}/"
    return f"{'https' if settings.certificate else 'http'}://{request.url.hostname}:{port}/"


def _view(request: Request, sandbox: Sandbox) -> SandboxView:
    state, t = state_of(sandbox), translator_of(request)
    at = state.progress.step
    step = at if sandbox.exists or state.running or at is HostStep.FAILED else ""
    serves = at in {HostStep.RUNNING, HostStep.SETTING_BACK}
    return SandboxView(
        made=sandbox.exists,
        running=state.running,
        stoppable=sandbox.exists and state.running and at is not HostStep.LOADING,
        step=step,
        told=step_told(step, t) if step else "",
        fault=state.progress.fault_in(t.language),
        title=_title(state.training, t),
        address=_address(request, state.progress.port) if serves else "",
        time=storm_time(state.now, state.pace, t),
    )


def _title(training: Training | None, t: Translator) -> str:
    """Return what is rehearsed, by its name where its file is of another release."""
    if training is None:
        return ""
    try:
        return in_language(scenario_from_toml(training.scenario).title, t.language)
    except InvalidFileError:
        return training.scenario_name
