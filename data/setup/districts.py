"""Districts of a city, with polygons or by name only."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import numpy as np
import shapely
from pydantic import BeforeValidator

from data.errors import CityFileError, InvalidError, NotFoundError
from data.exchange.polygons import read_areas
from data.files.toml_reader import TomlTable, read_table, read_toml, table_list
from data.files.toml_values import Number, Text
from data.languages import languages
from data.model import District, Language, Segment
from data.setup.boundary import shares_within

URMIA_DISTRICTS = Path(str(files("data.samples").joinpath("districts-urmia.toml")))
"""The five districts of Urmia, by name only: their borders are not published."""

NAME_SUFFIXES = (".toml", ".txt")

type Names = Mapping[Language, tuple[str, ...]]

PEOPLE_KEYS = ("inhabitants", "population")
"""Attributes of polygons that say how many people live there."""

_NAME_KEY = re.compile(r"name(?:[:_](?P<language>[a-z]{2,3}))?")
_LANGUAGE = re.compile("[a-z]{2,3}")


def _with_languages(table: object) -> object:
    """Return a table with its keys that are language codes moved into the key `spoken`."""
    if not isinstance(table, dict):
        return table
    spoken = {key: value for key, value in table.items() if _LANGUAGE.fullmatch(key)}
    rest = {key: value for key, value in table.items() if key not in spoken}
    return {**rest, "spoken": spoken}


@dataclass(frozen=True, slots=True)
class _DistrictTable(TomlTable):
    """A `[[district]]` table: its name, its names by language code, and who lives there."""

    name: Text
    spoken: Mapping[str, Text] = field(default_factory=dict)
    inhabitants: Annotated[int | None, Number(1, whole=True)] = None

    def district(self) -> District:
        """Return the district, without a polygon."""
        names = {"": self.name, **self.spoken}
        spoken = {language: (name,) for language, name in names.items()}
        return District(self.name, spoken, inhabitants=self.inhabitants)


_District = Annotated[_DistrictTable, BeforeValidator(_with_languages)]


@dataclass(frozen=True, slots=True)
class _DistrictFile(TomlTable):
    district: Annotated[tuple[_District, ...], table_list("district")] = ()


def read_districts(path: Path) -> tuple[District, ...]:
    """Return the districts of a file, in its order.

    A GeoJSON or GeoPackage has polygons with `name` and perhaps `name:fa`, `name:en` (or with an
    underscore) and `inhabitants` or `population`; a TOML has `[[district]]` tables with `name`,
    `fa`, `en`, `inhabitants`; a text has one name a line. Raises `CityFileError` or `InvalidError`
    for a file without names, or with one twice.
    """
    if not path.is_file():
        raise NotFoundError("file", str(path))
    districts = _named(path) if path.suffix.lower() in NAME_SUFFIXES else _drawn(path)
    names = [district.name for district in districts]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidError("districts: name", twice[0], "a name of its own for every district")
    if not names:
        raise CityFileError(f"{path.name} names no district")
    return districts


def _named(path: Path) -> tuple[District, ...]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CityFileError(f"{path.name} is no text in UTF-8") from error
    if path.suffix.lower() == ".toml":
        table = read_table(_DistrictFile, read_toml(text, path.name), path.name)
        return tuple(each.district() for each in table.district)
    lines = [line.strip() for line in text.splitlines()]
    return tuple(District(line, {"": (line,)}) for line in lines if line)


def _drawn(path: Path) -> tuple[District, ...]:
    """Return the districts of a polygon file; polygons of one name are one district."""
    parts: dict[str, list[shapely.Geometry]] = defaultdict(list)
    names: dict[str, Names] = {}
    people: dict[str, int] = defaultdict(int)
    for number, area in enumerate(read_areas(path), 1):
        spoken = _names_of(area.attributes)
        if not spoken:
            raise InvalidError(f"districts: polygon {number}: name", "", "a name")
        name = spoken[""][0]
        parts[name].append(area.polygon)
        names[name] = spoken
        people[name] += _inhabitants_of(area.attributes, number)
    return tuple(
        District(
            name,
            names[name],
            shapely.to_wkt(shapely.union_all(pieces), rounding_precision=7),
            people[name] or None,
        )
        for name, pieces in parts.items()
    )


def _inhabitants_of(attributes: Mapping[str, str], number: int) -> int:
    """Return how many people live in a polygon; 0 where it does not say."""
    key = next((key for key in PEOPLE_KEYS if attributes.get(key, "").strip()), None)
    if key is None:
        return 0
    text = attributes[key].strip()
    people = float(text) if re.fullmatch(r"\d{1,9}(\.0*)?", text, re.ASCII) else 0.0
    if people < 1:
        raise InvalidError(f"districts: polygon {number}: {key}", text, "a whole number from 1")
    return int(people)


def _names_of(attributes: Mapping[str, str]) -> Names:
    keys = {key: _NAME_KEY.fullmatch(key) for key in sorted(attributes)}
    found: dict[Language, tuple[str, ...]] = {
        match["language"] or "": (attributes[key].strip(),)
        for key, match in keys.items()
        if match and attributes[key].strip()
    }
    first = next((found[code] for code in ("", *languages()) if code in found), None)
    first = first or next(iter(found.values()), None)
    return {"": first, **found} if first else {}


def in_districts(segments: Sequence[Segment], districts: Iterable[District]) -> tuple[Segment, ...]:
    """Return the segments, each with the name of the district where most of its length lies.

    "" where most of it lies in none; districts without polygon take no part.
    """
    drawn = [district for district in districts if district.polygon is not None]
    names = ["", *(district.name for district in drawn)]
    shares = np.zeros((len(names), len(segments)))
    for row, district in enumerate(drawn, 1):
        shares[row] = shares_within(segments, shapely.from_wkt(district.polygon))
    shares[0] = 1.0 - shares[1:].sum(axis=0)
    most = np.argmax(shares, axis=0)
    return tuple(
        segment if segment.district == names[i] else replace(segment, district=names[i])
        for segment, i in zip(segments, most.tolist(), strict=True)
    )
