"""What the people of a demo are called by their colleagues."""

from collections.abc import Mapping

from data.model import Role

NAMES: Mapping[str, Mapping[Role, str]] = {
    "en": {
        Role.ADMINISTRATOR: "Anna Berg",
        Role.DISPATCHER: "Daniel Holm",
        Role.OPERATOR: "Olga Lind",
        Role.DRIVER: "David Ek",
        Role.COUNCIL: "Clara Nord",
        Role.SUPERVISOR: "Sara Dahl",
        Role.CREW: "Karl Sand",
    },
    "fa": {
        Role.ADMINISTRATOR: "آذر مرادی",
        Role.DISPATCHER: "مریم رستمی",
        Role.OPERATOR: "لیلا احمدی",
        Role.DRIVER: "داوود کریمی",
        Role.COUNCIL: "شهلا نوری",
        Role.SUPERVISOR: "سارا امینی",
        Role.CREW: "کاوه سلیمی",
    },
}
"""By language and role; a wall display is nobody."""


def demo_name(login: str, role: Role, language: str) -> str:
    """Return the name of the person who signs in as a role; "" for others, such as a simulation."""
    return NAMES.get(language, NAMES["en"]).get(role, "") if login == role.value else ""
