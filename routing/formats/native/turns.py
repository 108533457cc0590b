"""Streets of our own format as arcs, and its turn policy as turns."""

import numpy as np

from routing.formats.benchmarks.arcs import TurnRows, onward, rows_of
from routing.formats.native.names import ProblemIds
from routing.formats.native.schema import DirectedStreetEntry, ProblemFile, TurnEntry
from routing.formats.text.strict_json import wrong
from routing.problem.problem import NONE, Flags, Longs


class FileArcs:
    """Arcs of a file: streets forward, then those back, then the places added one by one."""

    def __init__(self, file: ProblemFile, names: ProblemIds) -> None:
        self.file = file
        self.names = names
        streets = file.streets
        both = [i for i, street in enumerate(streets) if street.both_ways]
        self.back = {street: len(streets) + i for i, street in enumerate(both)}
        self._backwards = both
        ends = [
            (
                names.junctions.of(street.from_, f"streets[{i}].from"),
                names.junctions.of(street.to, f"streets[{i}].to"),
            )
            for i, street in enumerate(streets)
        ]
        order = [*range(len(streets)), *both]
        self.tail = [tail for tail, _ in ends] + [ends[i][1] for i in both]
        self.head = [head for _, head in ends] + [ends[i][0] for i in both]
        self.length_m = [streets[i].length_m for i in order]
        self.drive_s = [streets[i].drive_s for i in order]
        self.driven = len(order)

    def add_place(self, junction: str, path: str) -> int:
        """Add a place at a junction; return its arc."""
        node = self.names.junctions.of(junction, path)
        self.tail.append(node)
        self.head.append(node)
        self.length_m.append(0.0)
        self.drive_s.append(0.0)
        return len(self.tail) - 1

    def arc(self, street: str, path: str, *, back: bool) -> int:
        """Return the arc of a street in a direction that is allowed."""
        number = self.names.streets.of(street, f"{path}.street")
        if not back:
            return number
        if number not in self.back:
            raise wrong(f"{path}.back", f"false, {street} is a one-way street", back)
        return self.back[number]

    def drive(self, arc: int) -> dict[str, object]:
        """Return an arc of a street as it is written."""
        count = len(self.file.streets)
        if arc < count:
            return {"street": self.file.streets[arc].id, "back": False}
        return {"street": self.file.streets[self._backwards[arc - count]].id, "back": True}

    @property
    def place(self) -> Flags:
        """bool[A], which arcs are places."""
        return np.arange(len(self.tail)) >= self.driven

    def turns(self) -> TurnRows:
        """Return the allowed turns with their seconds; to and from places they are free."""
        policy, place = self.file.turns, self.place
        origin, to = onward(
            np.array(self.tail, np.int32),
            np.array(self.head, np.int32),
            len(self.file.junctions),
        )
        free = place[origin] | place[to]
        turning = self._turned()[origin] == to
        cost_s = np.where(turning, policy.u_turn_s, policy.turn_s)
        cost_s[free] = 0.0
        allowed = ~turning | self._may_turn(origin, to, turning)
        allowed &= (origin != to) | ~place[origin]
        if policy.only_listed:
            allowed &= free
        key = origin * len(self.tail) + to
        for i, turn in enumerate(policy.listed):
            at = self._turn_at(key, turn, f"turns.listed[{i}]")
            allowed[at], cost_s[at] = True, turn.turn_s
        for i, other in enumerate(policy.forbidden):
            allowed[self._turn_at(key, other, f"turns.forbidden[{i}]")] = False
        return rows_of(len(self.tail), origin[allowed], to[allowed], cost_s[allowed])

    def _turned(self) -> Longs:
        """Return int64[A], the arc back along the same street, -1 for none."""
        turned = np.full(len(self.tail), NONE, np.int64)
        for street, back in self.back.items():
            turned[street], turned[back] = back, street
        return turned

    def _may_turn(self, origin: Longs, to: Longs, turning: Flags) -> Flags:
        """Return for each pair of arcs whether turning back is allowed where they meet."""
        if self.file.turns.u_turns == "everywhere":
            return np.ones(len(origin), np.bool_)
        marked = np.array([junction.u_turn for junction in self.file.junctions])
        may: Flags = marked[np.array(self.head)[origin]]
        if self.file.turns.u_turns == "dead_ends":
            onwards = np.bincount(origin[~turning & ~self.place[to]], minlength=len(self.tail))
            may = may | (onwards[origin] == 0)
        return may

    def _turn_at(self, key: Longs, turn: TurnEntry, path: str) -> Longs:
        """Return where a turn stands in the list of all that are possible."""
        before, after = (
            self.arc(drive.street, f"{path}.{name}", back=drive.back)
            for name, drive in (("before", turn.before), ("after", turn.after))
        )
        at = np.flatnonzero(key == before * len(self.tail) + after)
        if not len(at):
            raise wrong(f"{path}.after", "a street that begins where the other ends", _shown(turn))
        return at


def _shown(turn: TurnEntry) -> str:
    return f"{_text(turn.before)} to {_text(turn.after)}"


def _text(drive: DirectedStreetEntry) -> str:
    return f"{drive.street} back" if drive.back else drive.street
