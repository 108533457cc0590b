"""Two other agencies for a demo, to which its requests may be referred."""

from datetime import datetime

from api.config.console import CONSOLE
from data.model import Agency, AgencyKind
from data.store.database.engine import Tx
from fleet.followup.agencies import NEW, save_agency
from maps.pages.i18n import Translator


def add_demo_agencies(tx: Tx, t: Translator, now: datetime) -> None:
    """Add the electricity company and the parks department to the register."""
    for name, kind, phone in (
        (t("Electricity company"), AgencyKind.ELECTRICITY, "121"),
        (t("Parks department"), AgencyKind.PARKS, "137"),
    ):
        save_agency(tx, CONSOLE, Agency(NEW, name, kind, t("Control room"), phone), now)
