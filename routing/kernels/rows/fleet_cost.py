"""What concerns all vehicles at once: when the last one is home, and who works how long."""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.subproblem_arrays import (
    BALANCE,
    END,
    LAST,
    LAST_HOME,
    LONGEST,
    OTHERS_LATEST,
    OTHERS_LONGEST,
    OTHERS_SHORTEST,
    OUTSET,
    ROWS,
    SHORTEST,
    TAIL,
    WHOLE,
    WHOLE_FLEET,
    Rows,
    Subproblem,
)


@kernel
def price_fleet(sub: Subproblem, rows: Rows) -> None:
    """Put the price of the last home and of the balance into the totals, in place of the old."""
    if not sub.rules.fleet_priced:
        return
    latest = sub.rules.fleet[OTHERS_LATEST]
    longest = sub.rules.fleet[OTHERS_LONGEST]
    shortest = sub.rules.fleet[OTHERS_SHORTEST]
    for w in range(len(rows.size)):
        service = 0.0
        if rows.size[w] > 0 or sub.window[w, WHOLE] <= 0.0:
            home = rows.sum[w, END] + sub.window[w, TAIL]
            service = home - sub.window[w, OUTSET]
            latest = max(latest, home)
        longest = max(longest, service)
        shortest = min(shortest, service)
    price = sub.rules.fleet[LAST_HOME] * latest + sub.rules.fleet[BALANCE] * (longest - shortest)
    rows.total[ROWS] += price - rows.total[WHOLE_FLEET]
    rows.total[WHOLE_FLEET] = price
    rows.total[LAST] = latest
    rows.total[LONGEST] = longest
    rows.total[SHORTEST] = shortest


@kernel
def fleet_delay(sub: Subproblem, rows: Rows, row: int, delay: float) -> float:
    """Return about what a delay of a row adds to the price of the fleet as last looked at."""
    home = rows.sum[row, END] + sub.window[row, TAIL]
    service = home - sub.window[row, OUTSET]
    if rows.size[row] == 0 and sub.window[row, WHOLE] > 0.0:
        service = 0.0
    price = sub.rules.fleet[LAST_HOME] * max(home + delay - rows.total[LAST], 0.0)
    price += sub.rules.fleet[BALANCE] * max(service + delay - rows.total[LONGEST], 0.0)
    if service <= rows.total[SHORTEST] + 1e-6:
        price -= sub.rules.fleet[BALANCE] * delay
    return price
