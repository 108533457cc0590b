"""Where a place that is drawn as an area is entered."""

from data.osm.osm_reader import read_osm
from tests.data.osm.osm_files import a_node, a_way, nodes, write_osm


def gates_of(tmp_path, *more):
    """The gates of a hospital with an outline some 110 m wide, in the drawn cross."""
    hospital = a_way(30, [1, 4, 3, 1], {"amenity": "hospital", "name": "City Hospital"})
    things = [*nodes(), *more, a_way(10, [1, 2]), hospital]
    draft = read_osm(write_osm(tmp_path / "city.osm", things))
    (place,) = draft.places
    return [
        (round((at.lon - 45.07) * 1000, 2), round((at.lat - 37.55) * 1000, 2)) for at in place.gates
    ]


def test_an_area_keeps_the_gates_on_its_outline_and_just_beside_it(tmp_path):
    on_it, beside = (0.5, 0.5), (1.0, -0.04)
    far, exit_only, private = (1.0, -0.2), (1.5, 0.0), (0.6, 0.0)
    assert gates_of(
        tmp_path,
        a_node(20, *on_it, {"barrier": "gate"}),
        a_node(21, *beside, {"entrance": "yes"}),
        a_node(22, *far, {"barrier": "gate"}),
        a_node(23, *exit_only, {"barrier": "gate", "entrance": "emergency"}),
        a_node(24, *private, {"barrier": "gate", "access": "private"}),
    ) == [on_it, beside]


def test_an_area_with_a_main_entrance_is_entered_there(tmp_path):
    assert gates_of(
        tmp_path,
        a_node(20, 0.5, 0.5, {"barrier": "gate"}),
        a_node(21, 1.5, 0.5, {"entrance": "main"}),
    ) == [(1.5, 0.5)]


def test_a_row_of_many_doors_has_no_gate(tmp_path):
    doors = [a_node(20 + n, 0.2 * n, 0.0, {"entrance": "yes"}) for n in range(8)]
    assert gates_of(tmp_path, *doors) == []
