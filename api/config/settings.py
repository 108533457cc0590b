"""Settings from the environment (BARFRUB_…), read once, and the folders that follow from them."""

import os
import secrets
import tempfile
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from api.config.shipped_kernels import bring_kernels, choose_processor
from api.config.training_clock import CLOCK_FILE
from data.errors import BarfrubError, InvalidError, NotFoundError
from data.store.database.city_address import has_city
from data.store.database.vehicle_parts import PARTS

KEY_BYTES = 32
"""Length of the key that signs cookies."""

SECTOR_JOBS = 4_000
"""Jobs of a sector at least: one process plans fewer as well within the usual minute."""

SECRETS = "BARFRUB_SECRETS"
"""Environment variable of the folder with settings as files."""

SETTINGS = "BARFRUB_SETTINGS"
"""Environment variable of the file with settings as lines."""


def _memory_mb() -> int:
    """Return how much memory the machine has."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024**2


class LogStyle(StrEnum):
    """The style of log lines: text, or one JSON object each."""

    TEXT = "text"
    JSON = "json"


class Settings(BaseSettings):
    """All settings of an installation; their descriptions feed the administrator's guide."""

    model_config = SettingsConfigDict(env_prefix="BARFRUB_", frozen=True, extra="ignore")

    var: Path = Field(
        default=Path("var"), description="Folder of all run-time files, one city each below cities/"
    )
    city: str = Field(default="", description="City of commands that name none")
    database: str = Field(
        default="",
        description="PostgreSQL database of new cities, postgresql://user@host/name; without one, "
        "each city is a SQLite file in its folder",
    )
    settings: Path | None = Field(
        default=None,
        description="File with these variables, one a line, for what the environment does not say; "
        "for commands typed by hand",
    )
    secrets: Path | None = Field(
        default=None,
        description="Folder with settings as files, so that they stand in no environment: "
        "barfrub_database, barfrub_metrics_token, barfrub_mqtt_password, …",
    )
    host: str = Field(default="127.0.0.1", description="Address that the server listens on")
    proxies: str = Field(
        default="127.0.0.1,::1",
        description="Addresses or networks of the proxies that say whose requests they pass on, "
        "with commas",
    )
    secure_cookies: bool = Field(
        default=False, description="Send cookies over HTTPS only; set it behind a TLS proxy"
    )
    certificate: Path | None = Field(
        default=None,
        description="Certificate file (PEM), to serve HTTPS without a proxy; with BARFRUB_KEY",
    )
    key: Path | None = Field(default=None, description="Key file of the certificate")
    training_address: str = Field(
        default="",
        description="Address of trainings behind a proxy, such as https://training.example.org/",
    )

    log: LogStyle = Field(
        default=LogStyle.TEXT, description="Style of log lines on standard error: text or json"
    )
    metrics_token: str = Field(
        default="",
        description="Token that /metrics requires; without one, only this machine may read it",
    )
    notices: Path | None = Field(
        default=None,
        description="File of the message gateways; without one, messages to callers go to the log",
    )
    time_stamps: str = Field(
        default="",
        description="URL of a time-stamping authority (RFC 3161) for receipts of the audit log",
    )
    time_stamp_roots: Path | None = Field(
        default=None,
        description="PEM file of the root certificates that time stamps are verified with",
    )
    backup_key: str = Field(
        default="",
        description="Public key (age1…) that backups are encrypted for; without one they are not",
    )
    backup_signers: str = Field(
        default="",
        description="Public keys (ed25519:…, with commas) of other machines' backups to restore",
    )
    contact: str = Field(
        default="",
        description="Contact address for operators of other systems; services of weather and "
        "of messages to browsers want it",
    )
    weather_hosts: str = Field(
        default="",
        description="Hosts in this network, with commas, that weather feeds may be read from, over "
        "plain HTTP and through a proxy too",
    )
    callers_kept_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="Days until names, numbers and words of callers are erased",
    )
    photos_kept_days: int = Field(
        default=90, ge=1, le=3650, description="Days until photos are erased"
    )
    photos_reserve_mb: int = Field(
        default=1_000, ge=0, description="MB of the disk that photos and trainings leave free"
    )
    photos_daily_mb: int = Field(
        default=2_000,
        ge=0,
        description="MB of photos a day from outside, and as many from people who sign in",
    )
    public_pace: float = Field(
        default=1.0,
        ge=0.0,
        description="Factor on the rate limits of public endpoints; 0 for no limits",
    )

    gateway_token: str = Field(
        default="",
        description="Token with which a Traccar server may send for any tracker by its name",
    )
    mqtt_host: str = Field(
        default="", description="MQTT broker to receive positions from; without one, MQTT is off"
    )
    mqtt_port: int = Field(default=1883, ge=1, le=65535, description="Port of the broker")
    mqtt_user: str = Field(default="", description="User name at the broker")
    mqtt_password: str = Field(default="", description="Password at the broker")
    mqtt_tls: bool = Field(default=False, description="Connect to the broker over TLS")

    evidence_processes: int = Field(
        default=1,
        ge=0,
        le=PARTS,
        description="Processes beside the leading server that share out the vehicles and digest "
        "their positions; 0 where other machines run `barfrub digest`",
    )
    import_memory_mb: int = Field(
        default=_memory_mb() * 3 // 4,
        ge=1,
        description="MB of memory that reading one file of streets, or making one of all route "
        "sheets, may take",
    )
    import_minutes: float = Field(
        default=60.0, gt=0.0, description="Minutes that reading or making such a file may take"
    )

    solver_threads: int = Field(
        default=max(1, (os.cpu_count() or 1) - 1),
        ge=1,
        description="Threads of the optimizer; the others serve requests",
    )
    sector_jobs: int = Field(
        default=SECTOR_JOBS,
        ge=1,
        description="Jobs at least of each sector that workers share a plan by",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment, then the file `BARFRUB_SETTINGS`, then those in `BARFRUB_SECRETS`.

        What comes first counts.
        """
        lines = _lines_of(settings_cls, os.environ.get(SETTINGS))
        folder = os.environ.get(SECRETS) or lines.env_vars.get(SECRETS.lower())
        files = (SecretsSettingsSource(settings_cls, folder),) if folder else ()
        return init_settings, env_settings, lines, *files

    @property
    def reserve_bytes(self) -> int:
        """What photos and trainings leave free of the disk."""
        return self.photos_reserve_mb * 1_000_000

    def city_folder(self, name: str) -> Path:
        """Return the folder of a city, which may not exist; reject names that point elsewhere."""
        if not plain_name(name):
            raise InvalidError("city", name, "a plain name without slashes or a leading dot")
        return self.var / "cities" / name

    @property
    def province_file(self) -> Path:
        """The file that says which cities one server serves, and under which host names."""
        return self.var / "province.toml"

    @property
    def training(self) -> bool:
        """Whether this is a sandbox, in which storms are rehearsed."""
        return (self.var / CLOCK_FILE).exists()

    @property
    def certificates(self) -> Path:
        """The folder of an authority of one's own and the server's certificate."""
        return self.var / "certificates"

    @property
    def province_folder(self) -> Path:
        """The folder of the province's people, with a database of its own."""
        return self.var / "province"

    @property
    def uploads(self) -> Path:
        """The folder of street files uploaded by browsers or placed there by hand."""
        return self.var / "uploads"

    @property
    def backup_signing_key(self) -> Path:
        """The file of the key that signs backups; made at first use."""
        return self.var / "backup-signing.key"

    def secret_key(self) -> bytes:
        """Return the key that signs cookies; created at first use, readable by its owner only."""
        path = self.var / "secret"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            handle, new = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process was quicker: its key counts
                os.link(new, path)
            Path(new).unlink()
        key = path.read_bytes()
        if len(key) < KEY_BYTES:
            raise BarfrubError(f"{path} is damaged: remove it, and everybody signs in again")
        return key


def _lines_of(settings: type[BaseSettings], file: str | None) -> DotEnvSettingsSource:
    """Return what a file says; nothing where there is none, as for the units of systemd."""
    try:
        return DotEnvSettingsSource(settings, env_file=file, env_file_encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BarfrubError(f"{file} cannot be read: {error}") from error


def plain_name(name: str) -> bool:
    """Whether a name is allowed for files and folders: letters of any script, spaces, signs.

    The zero-width non-joiner is part of Persian spelling; everything else that cannot be seen is
    refused, and so is what leads out of a folder.
    """
    seen = name.replace("\N{ZERO WIDTH NON-JOINER}", "")
    return (
        seen.isprintable() and seen.strip(" .") != "" and name[0] != "." and not {*"/\\"} & {*name}
    )


def list_cities(settings: Settings) -> list[str]:
    """Return the names of all imported cities, sorted."""
    return sorted(folder.name for folder in settings.var.glob("cities/[!.]*/") if has_city(folder))


def chosen_city(settings: Settings, name: str | None) -> Path:
    """Return the folder of a command's city: named, from BARFRUB_CITY, or the only one."""
    wanted = name or settings.city
    known = list_cities(settings)
    if wanted:
        folder = settings.city_folder(wanted)
        if wanted not in known:
            raise NotFoundError("city", wanted)
        return folder
    if not known:
        raise BarfrubError("there is no city yet: barfrub city add NAME FILE")
    if len(known) > 1:
        raise BarfrubError(
            f"which city: {', '.join(known)}? Name it with --city, or in BARFRUB_CITY"
        )
    return settings.city_folder(known[0])


def prepare_numba(settings: Settings) -> None:
    """Point numba's cache to the folder of compiled kernels, before any kernel is imported."""
    cache = os.environ.setdefault("NUMBA_CACHE_DIR", str((settings.var / "numba").resolve()))
    choose_processor()
    bring_kernels(Path(cache))
