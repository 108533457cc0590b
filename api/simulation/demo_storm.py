"""The city of a demo: streets, machines, users and snowfall, all new."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.console import CONSOLE, open_city_database
from api.config.settings import Settings
from api.simulation.demo_city import (
    DEMO_CITY_FILE,
    DEMO_MARK,
    DEMO_TIMEZONE,
    NIGHT_DISPATCHER,
    SAMPLE_CITY,
)
from api.simulation.demo_crews import add_demo_crews, lead_first_crew
from api.simulation.demo_people import demo_name
from data.errors import ConflictError
from data.languages import default_language, page_language
from data.model import Agency, AgencyKind, Role
from data.samples import TOWN_DISTRICTS, TOWN_FILE, TOWN_NAME
from data.setup.fleet_file import BARFABAD_FLEET, URMIA_FLEET
from data.store.database.engine import Tx, transaction
from data.store.setup.city import get_policy
from data.store.streets.network import load_network
from fleet.accounts.accounts import enroll, give_name
from fleet.followup.agencies import NEW, save_agency
from fleet.setup.city_removal import remove_city
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.storms.storm_start import start_storm
from maps.pages.i18n import Translator, translator


@dataclass(frozen=True, slots=True)
class Scene:
    """The place of a demo storm: streets, time zone, language and machines.

    `name` is what commands call the city, `title` what its pages call it.
    """

    name: str
    title: str
    file: Path
    timezone: str
    language: str
    fleet: str
    districts: Path | None = None
    services: bool = False


def scene_of(file: Path | None, timezone: str | None) -> Scene:
    """Return the scene of a street file, of Gothenburg, or of the invented town."""
    if file is None:
        return _found(DEMO_CITY_FILE, timezone or DEMO_TIMEZONE)
    if str(file) != SAMPLE_CITY:
        return _found(file, timezone or "UTC")
    return Scene(
        SAMPLE_CITY,
        TOWN_NAME,
        TOWN_FILE,
        timezone or "Asia/Tehran",
        "fa",
        BARFABAD_FLEET,
        TOWN_DISTRICTS,
        services=True,
    )


def _found(file: Path, timezone: str) -> Scene:
    name = file.name.split(".")[0]
    return Scene(name, name, file, timezone, "", URMIA_FLEET)


def fresh_city(settings: Settings, scene: Scene) -> Path:
    """Create the city of a scene in place of an older demo city; return its folder."""
    folder = settings.city_folder(scene.name)
    if folder.exists():
        if not (folder / DEMO_MARK).exists():
            raise ConflictError(
                f"city {scene.name!r} is not a demo; nothing was changed",
                reason="city_not_demo",
                city=scene.name,
            )
        remove_city(folder)
    add_city(
        folder,
        NewCity(
            scene.title,
            scene.file,
            timezone=scene.timezone,
            services=scene.services,
            districts=scene.districts,
            language=scene.language,
            database_url=settings.database,
        ),
        Clock().now(),
        CONSOLE,
    )
    (folder / DEMO_MARK).touch()
    _let_it_snow(folder, scene)
    return folder


def name_of_storm(language: str, timezone: str, now: datetime) -> str:
    """Return a storm's name in the scene's language.

    Where it is unknown, in the default language and the one that every other falls back to.
    """
    usual = page_language(default_language())
    spoken = (language,) if language else (usual.fallback, usual.code)
    speakers = [translator(each, timezone) for each in spoken]
    return " · ".join(t("Snow of {date}", date=t.date(now)) for t in speakers)


def _let_it_snow(folder: Path, scene: Scene) -> None:
    """Add the machines and start a storm."""
    now = Clock().now()
    name = name_of_storm(scene.language, scene.timezone, now)
    engine = open_city_database(folder)
    with transaction(engine) as tx:
        network = load_network(tx)
        set_fleet(tx, CONSOLE, scene.fleet, network, now)
        storm = start_storm(tx, CONSOLE, name, network, get_policy(tx), now)
        words = translator(scene.language or "en", scene.timezone)
        add_demo_crews(tx, storm, network, get_policy(tx), words, now)
        _add_agencies(tx, words, now)
    engine.dispose()


def _add_agencies(tx: Tx, t: Translator, now: datetime) -> None:
    """Add the electricity company and the parks department to the register."""
    for name, kind, phone in (
        (t("Electricity company"), AgencyKind.ELECTRICITY, "121"),
        (t("Parks department"), AgencyKind.PARKS, "137"),
    ):
        save_agency(tx, CONSOLE, Agency(NEW, name, kind, t("Control room"), phone), now)


def enroll_everybody(
    folder: Path, scene: Scene, *, night_dispatcher: bool = False
) -> dict[str, str]:
    """Create a user for every role, and the simulated dispatcher where one is wanted.

    Returns their passwords by login.
    """
    roles = {role.value: role for role in Role}
    if night_dispatcher:
        roles[NIGHT_DISPATCHER] = Role.DISPATCHER
    passwords = {login: secrets.token_urlsafe(8) for login in roles}
    engine = open_city_database(folder)
    with transaction(engine) as tx:
        for login, role in roles.items():
            hidden = hash_password(passwords[login])
            language, now = scene.language or "en", Clock().now()
            user = enroll(tx, CONSOLE, login, [role], language, hidden, now)
            name = demo_name(login, role, language)
            if name:
                give_name(tx, CONSOLE, user.id, name, now)
            if role is Role.CREW:
                lead_first_crew(tx, user.id)
    engine.dispose()
    return passwords
