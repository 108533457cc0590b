"""Services of Open311, and the attributes (questions) of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from data.languages import languages
from data.model import Danger, RequestKind
from maps.pages.i18n import Translator
from maps.requests.open311 import Record, Value

YES, NO = "yes", "no"


class Datatype(StrEnum):
    """Data type of the answer to a question, as in the standard."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    ONE = "singlevaluelist"
    MANY = "multivaluelist"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a service; one that is not `variable` is a text without an answer.

    `options` are (code, msgid) of the answers to choose from, `text` and `hint` are msgids.
    """

    code: str
    datatype: Datatype
    text: str
    hint: str = ""
    variable: bool = True
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()


NOTICE = Question(
    "NOTICE",
    Datatype.STRING,
    "Where life is in danger, call the emergency number first.",
    variable=False,
)
DANGER = Question(
    "DANGER",
    Datatype.MANY,
    "Is somebody in danger?",
    "all that is true",
    options=tuple((str(danger), f"danger:{danger}") for danger in Danger),
)
CONSENT = Question(
    "CONSENT",
    Datatype.ONE,
    "May we send messages about this request?",
    "only to the phone number or e-mail address given here",
    options=((YES, "Yes"), (NO, "No")),
)
OBSTACLE = Question(
    "OBSTACLE", Datatype.STRING, "What lies in the way?", "a car, a tree, a heap of snow"
)


@cache
def language_question() -> Question:
    """Return the question about the language of messages."""
    options = tuple((code, f"language:{code}") for code in languages())
    return Question("LANGUAGE", Datatype.ONE, "Language of the messages", options=options)


@cache
def questions(kind: RequestKind) -> tuple[Question, ...]:
    """Return the questions of a service, in order; all are optional."""
    obstacle = (OBSTACLE,) if kind is RequestKind.BLOCKED else ()
    return (NOTICE, DANGER, *obstacle, CONSENT, language_question())


def service_list(t: Translator) -> list[Record]:
    """Return the list of services."""
    return [
        {
            "service_code": str(kind),
            "service_name": t(f"kind:{kind}"),
            "description": t(f"service:{kind}"),
            "metadata": True,
            "type": "realtime",
            "keywords": t(f"keywords:{kind}"),
            "group": t("Winter service"),
        }
        for kind in RequestKind
    ]


def service_definition(kind: RequestKind, t: Translator) -> Record:
    """Return the questions of a service."""
    return {"service_code": str(kind), "attributes": _attributes(questions(kind), t)}


def _attributes(questions: Sequence[Question], t: Translator) -> list[Value]:
    return [
        {
            "variable": asked.variable,
            "code": asked.code,
            "datatype": str(asked.datatype),
            "required": asked.required,
            "datatype_description": t(asked.hint) if asked.hint else None,
            "order": place,
            "description": t(asked.text),
            "values": [{"key": key, "name": t(name)} for key, name in asked.options],
        }
        for place, asked in enumerate(questions, start=1)
    ]
