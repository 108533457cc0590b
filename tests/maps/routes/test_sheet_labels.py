"""Names on a printed map: where there is room, and none over another."""

from itertools import combinations

from maps.routes.sheet_labels import SIZE, Label, Room, street_labels, text_width

RADIUS = 9.0


def labels(*names: tuple[str, list[tuple[float, float]]]) -> list[Label]:
    room = Room(1000, 600, RADIUS)
    return list(street_labels([(words, [line]) for words, line in names], room))


def test_a_name_stands_along_its_street_and_is_read_from_the_left() -> None:
    (label,) = labels(("Azadi Street", [(700, 300), (300, 300)]))
    assert (label.x, label.angle_deg) == (500, 0)
    assert 0 < abs(label.y - 300) < SIZE


def test_blocks_of_one_street_carry_its_name_together_and_once() -> None:
    room = Room(1000, 600, RADIUS)
    blocks = [[(100 + 20 * i, 300.0), (120 + 20 * i, 300.0)] for i in range(15)]
    (label,) = street_labels([("Imam Khomeini Street", blocks)], room)
    assert label.words == "Imam Khomeini Street"


def test_names_of_near_streets_do_not_collide() -> None:
    streets = [
        (f"Long Street {i}", [(100.0, 200 + 8.0 * i), (800, 200 + 8.0 * i)]) for i in range(9)
    ]
    found = labels(*streets)
    assert len(found) > 1
    for one, other in combinations(found, 2):
        far_along = abs(one.x - other.x) > text_width(one.words) - SIZE
        assert far_along or abs(one.y - other.y) > SIZE


def test_a_street_far_shorter_than_its_name_has_none() -> None:
    assert labels(("Shahid Mohammad Bakeri Alley", [(300, 300), (330, 300)])) == []


def test_what_does_not_lie_in_the_picture_has_no_room() -> None:
    room = Room(100, 100, RADIUS)
    assert not room.take([(5, 50)])
    assert room.take([(50, 50)])
    assert not room.take([(50 + RADIUS, 50)])
    assert room.take([(50 + 2 * RADIUS, 50)])
