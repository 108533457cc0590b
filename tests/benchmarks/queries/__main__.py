"""`python -m tests.benchmarks.queries CITY.osm.pbf fa|en SEED`: what is answered wrong."""

import sys
from pathlib import Path

from data.geocode import Geocoder
from tests.benchmarks.queries.answers import ask
from tests.benchmarks.queries.cities import read_city

EACH = 40


def main(path: str, language: str, seed: str) -> None:
    city = read_city(Path(path).name, Path(path), persian=language == "fa")
    queries = list(city.callers(int(seed), held_out=False).queries(EACH))
    answers = ask(city, Geocoder(city.network, city.places), queries)
    for answer in answers:
        if not answer.right:
            first = answer.candidates[0] if answer.candidates else None
            print(answer.query.kind, "|", answer.query.text, "|", first)


if __name__ == "__main__":
    main(*sys.argv[1:])
