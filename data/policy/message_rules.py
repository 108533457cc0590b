"""What dispatchers and drivers say most often: the section `[messages]` of `policy.toml`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from data.errors import Need
from data.files.toml_reader import TomlTable
from data.files.toml_writer import toml_text
from data.model import Words

MESSAGE_LETTERS = 200
"""Length of a message: it must fit a tracker's display, and be read while a machine stands."""

MOST_CANNED = 20
"""Texts in a list: more of them nobody reads before writing himself."""

TO_DRIVER = (
    Words("لطفاً با مسئول اعزام تماس بگیرید.", "Please call dispatch."),
    Words("مسیر تازه‌ای برایتان فرستاده شد.", "You have a new route."),
    Words("لطفاً در جای امن بایستید و منتظر بمانید.", "Please stop at a safe place and wait."),
    Words("پس از این خیابان بارگیری کنید.", "Reload after this street."),
    Words("به پایگاه برگردید.", "Come back to the depot."),
    Words("سپاس، دریافت شد.", "Thank you, understood."),
)
"""What a dispatcher says, unless the city has its own list."""

FROM_DRIVER = (
    Words("دریافت شد.", "Understood."),
    Words("کمک لازم دارم.", "I need help."),
    Words("راه در پیش رو بسته است.", "The road ahead is blocked."),
    Words("با من تماس بگیرید.", "Call me."),
    Words("نمک یا ماسه‌ام تمام می‌شود.", "I am running out of salt."),
    Words("به استراحت نیاز دارم.", "I need a break."),
    Words("حالم خوب است، خطری نیست.", "I am all right, there is no danger."),
)
"""What a driver answers, unless the city has its own list."""


@dataclass(frozen=True, slots=True)
class MessageRules:
    """Texts that are sent with one tap, in both languages."""

    to_driver: tuple[Words, ...] = TO_DRIVER
    from_driver: tuple[Words, ...] = FROM_DRIVER


def words_of(text: str, canned: Iterable[Words]) -> Words:
    """Return a text in both languages where it is one of a list; else it is the same in both."""
    known = (one for one in canned if text in (one.fa, one.en))
    return next(known, Words(text, text))


def message_rules_of(root: TomlTable) -> MessageRules:
    """Return the rules of a `policy.toml`; raise `InvalidError` naming field, value and need."""
    if "messages" not in root:
        return MessageRules()
    table, usual = root.table("messages"), MessageRules()
    rules = MessageRules(
        to_driver=_listed(table, "to_driver", usual.to_driver),
        from_driver=_listed(table, "from_driver", usual.from_driver),
    )
    table.done()
    return rules


def message_rules_toml(rules: MessageRules) -> Iterator[str]:
    """Yield the lines of a `policy.toml` that say these rules."""
    lists = {"to_driver": rules.to_driver, "from_driver": rules.from_driver}
    yield "[messages]"
    yield from (f"{key} = []" for key, listed in lists.items() if not listed)
    yield ""
    for key, listed in lists.items():
        for one in listed:
            yield f"[[messages.{key}]]"
            yield f"fa = {toml_text(one.fa)}"
            yield f"en = {toml_text(one.en)}"
            yield ""


def _listed(table: TomlTable, key: str, usual: tuple[Words, ...]) -> tuple[Words, ...]:
    if key not in table:
        return usual
    rows = table.tables(key)
    if len(rows) > MOST_CANNED:
        table.refuse(key, len(rows), Need("at most {most}", most=MOST_CANNED))
    return tuple(_words(row) for row in rows)


def _words(table: TomlTable) -> Words:
    words = Words(table.text("fa"), table.text("en"))
    for key, text in (("fa", words.fa), ("en", words.en)):
        if len(text) > MESSAGE_LETTERS:
            table.refuse(key, text, Need("1 to {count} letters", count=MESSAGE_LETTERS))
    table.done()
    return words
