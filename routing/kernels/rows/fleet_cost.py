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
def price_fleet(f: Subproblem, r: Rows) -> None:
    """Put the price of the last home and of the balance into the totals, in place of the old."""
    if not f.terms.united:
        return
    latest = f.terms.fleet[OTHERS_LATEST]
    longest = f.terms.fleet[OTHERS_LONGEST]
    shortest = f.terms.fleet[OTHERS_SHORTEST]
    for w in range(len(r.size)):
        service = 0.0
        if r.size[w] > 0 or f.window[w, WHOLE] <= 0.0:
            home = r.sum[w, END] + f.window[w, TAIL]
            service = home - f.window[w, OUTSET]
            latest = max(latest, home)
        longest = max(longest, service)
        shortest = min(shortest, service)
    price = f.terms.fleet[LAST_HOME] * latest + f.terms.fleet[BALANCE] * (longest - shortest)
    r.total[ROWS] += price - r.total[WHOLE_FLEET]
    r.total[WHOLE_FLEET] = price
    r.total[LAST] = latest
    r.total[LONGEST] = longest
    r.total[SHORTEST] = shortest


@kernel
def fleet_delay(f: Subproblem, r: Rows, w: int, delay: float) -> float:
    """Return about what a delay of a row adds to the price of the fleet as last looked at."""
    home = r.sum[w, END] + f.window[w, TAIL]
    service = home - f.window[w, OUTSET]
    if r.size[w] == 0 and f.window[w, WHOLE] > 0.0:
        service = 0.0
    price = f.terms.fleet[LAST_HOME] * max(home + delay - r.total[LAST], 0.0)
    price += f.terms.fleet[BALANCE] * max(service + delay - r.total[LONGEST], 0.0)
    if service <= r.total[SHORTEST] + 1e-6:
        price -= f.terms.fleet[BALANCE] * delay
    return price
