"""What a storm cost, the city's own machines beside hired ones, as the council's page has it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from maps.pages.i18n import Translator
from maps.pages.tables import at_most, currency_text
from maps.reports.council_money import MoneyView, SideCostView
from maps.reports.machine_gain import GainAnswer
from maps.reports.paper.blocks import (
    Block,
    Cell,
    heading,
    kept_together,
    listing,
    paragraph,
    table,
)
from maps.reports.paper.words import in_kilometres

TONNE_KG = 1000

MOST_GAINS = 2
"""Types of machines whose answers are printed."""

UNPRICED = (
    "No hourly rate of a machine and no price of material is set yet, so nothing can be said of "
    "money."
)

METHOD = (
    "The whole city, until now or the end of the storm. Own machines are paid for their hours of "
    "service in shifts, machines called in from arrival to release, each at its hourly rate. "
    "Hours, kilometres and material come from positions; material is estimated where no spreader "
    "told how much it spread.",
    "Lane-kilometres are counted each time that they were cleared. Nobody counts by which side: "
    "they are shared out by the kilometres at work, so the cost of one side is an estimate; that "
    "of both together is not.",
)
"""How costs are counted."""


def costs_blocks(money: MoneyView | None, t: Translator) -> list[Block]:
    """Return the section of costs, without any name."""
    if money is None or not money.total.machines:
        return [paragraph(t("No machine was on its way in this storm."), muted=True)]
    heads = (
        "",
        t("The city's own"),
        t("Called in: reserve and contractors"),
        t("Together"),
    )
    rows = [*_work(money, t), *(_prices(money, t) if money.total.cost > 0 else ())]
    found = [table(heads, rows, (2.4, 1.4, 1.4, 1.4))]
    notes = list(_notes(money, t))
    found += [listing(notes)] if notes else []
    return [*found, paragraph(" ".join(t(one) for one in METHOD), muted=True)]


def gain_blocks(answers: Iterable[GainAnswer], t: Translator) -> list[Block]:
    """Return what one more machine would have brought, of the types that were asked about last."""
    found: list[Block] = []
    for answer in islice(answers, MOST_GAINS):
        rows = [row for group in answer.groups for row in ((group.name,), *group.rows)]
        shown = (
            heading(t("What one more machine would have brought")),
            listing(answer.sentences),
            table(answer.heads, rows, (2.4, 1.2, 1.2, 2.2)),
            paragraph(" ".join(answer.basis), muted=True),
        )
        found.append(kept_together(shown))
    return found


def costs_sentence(money: MoneyView, t: Translator) -> str:
    """Return what was driven, spread and paid, in one sentence."""
    total = money.total
    values = {
        "count": total.machines,
        "hours": at_most(total.paid_h, 1, t),
        "km": in_kilometres(total.work_m, t),
        "material": at_most(total.material_kg / TONNE_KG, 1, t),
    }
    if total.cost == 0:
        words = "{count} machines were paid for {hours} h, worked {km} km and spread {material} t."
        return t(words, **values)
    words = (
        "{count} machines were paid for {hours} h, worked {km} km and spread {material} t; "
        "the storm cost {money} so far."
    )
    return t(words, **values, money=f"{t.number(total.cost)} {currency_text(money.currency, t)}")


def _sides(money: MoneyView) -> Sequence[SideCostView]:
    return money.own, money.hired, money.total


def _row(words: str, cells: Sequence[str], money: MoneyView) -> Sequence[Cell]:
    """Return a row whose sides without machines say nothing."""
    shown = zip(_sides(money), cells, strict=True)
    return (words, *(cell if side.machines else "" for side, cell in shown))


def _work(money: MoneyView, t: Translator) -> Iterator[Sequence[Cell]]:
    sides = _sides(money)
    guess = t("an estimate")
    yield _row(t("Machines"), [t.number(one.machines) for one in sides], money)
    yield _row(t("Paid hours"), [at_most(one.paid_h, 1, t) for one in sides], money)
    yield _row(t("Hours at work"), [at_most(one.work_h, 1, t) for one in sides], money)
    yield _row(t("km at work"), [in_kilometres(one.work_m, t) for one in sides], money)
    spread = [
        f"{at_most(one.material_kg / TONNE_KG, 1, t)}{f' ({guess})' * (one.assumed_kg > 0)}"
        for one in sides
    ]
    yield _row(t("Material, t"), spread, money)
    lanes = [in_kilometres(one.cleared_m, t) for one in sides]
    yield _row(t("Lane-km cleared, each time"), lanes, money)


def _prices(money: MoneyView, t: Translator) -> Iterator[Sequence[Cell]]:
    sides = _sides(money)
    currency = currency_text(money.currency, t)
    machines = [t.number(one.machines_cost) for one in sides]
    yield _row(t("Machines, {currency}", currency=currency), machines, money)
    material = [t.number(one.material_cost) for one in sides]
    yield _row(t("Material, {currency}", currency=currency), material, money)
    whole = [t.number(one.cost) for one in sides]
    yield _row(t("Together, {currency}", currency=currency), whole, money)
    each = ["" if one.cost_per_km is None else t.number(one.cost_per_km) for one in sides]
    yield _row(t("Cost of a lane-km cleared, {currency}", currency=currency), each, money)


def _notes(money: MoneyView, t: Translator) -> Iterator[str]:
    if money.crews_h > 0:
        hours = at_most(money.crews_h, 1, t)
        yield (
            t(
                "Crews beside them: {hours} hours of all their people, {cost} {currency}.",
                hours=hours,
                cost=t.number(money.crews_cost),
                currency=currency_text(money.currency, t),
            )
            if money.crews_cost > 0
            else t("Crews beside them: {hours} hours of all their people.", hours=hours)
        )
    if money.open_hires:
        yield t("{count} hires go on and are counted until now.", count=money.open_hires)
    if money.doubtful_hires:
        yield t(
            "Of {count} hires the track shows clearly fewer hours than are paid.",
            count=money.doubtful_hires,
        )
    if money.total.cost == 0:
        yield t(UNPRICED)
