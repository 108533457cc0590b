"""Where a sandbox lies: a folder of run-time files of its own, beside those of the real cities."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = "training"
"""The folder of all sandboxes in that of an installation's run-time files."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The sandbox of a city: its folder is to its server what `var/` is to the real one."""

    folder: Path
    city: str

    @property
    def city_folder(self) -> Path:
        """The folder of its one city, a copy."""
        return self.folder / "cities" / self.city

    @property
    def marks(self) -> Path:
        """The folder of the copies that it can be set back to."""
        return self.folder / "marks"

    @property
    def scenario(self) -> Path:
        """The file of the scenario that is played."""
        return self.folder / "scenario.toml"

    @property
    def players(self) -> Path:
        """The file with the passwords under which the simulation plays, for its owner only."""
        return self.folder / "players.json"

    @property
    def outbox(self) -> Path:
        """The file of the messages that went nowhere."""
        return self.folder / "outbox.jsonl"

    @property
    def order(self) -> Path:
        """The file in which the server asks its host to set it back."""
        return self.folder / "set-back.json"

    @property
    def desk(self) -> Path:
        """The folder of its host, beside it: there is one before the sandbox is made."""
        return self.folder.with_name(f".{self.city}")

    @property
    def progress(self) -> Path:
        """The file in which the host says how far it is."""
        return self.desk / "progress.json"

    @property
    def paused(self) -> Path:
        """File that is there where the clock was paused when the rehearsal was stopped."""
        return self.folder / "paused"

    @property
    def log(self) -> Path:
        """The file that the host writes to where no terminal shows it."""
        return self.desk / "host.log"

    @property
    def gone(self) -> Path:
        """The folder that a deleted sandbox is moved to, until all of it is deleted."""
        return self.desk / "gone"

    @property
    def exists(self) -> bool:
        """Whether it was made."""
        return self.city_folder.is_dir()


def sandbox_of(var: Path, city: str) -> Sandbox:
    """Return where the sandbox of a city is, or would be."""
    return Sandbox(var / FOLDER / city, city)


def list_sandboxes(var: Path) -> Iterator[Sandbox]:
    """Yield the sandboxes that there are, by name."""
    for folder in sorted((var / FOLDER).glob("[!.]*/")):
        yield Sandbox(folder, folder.name)
