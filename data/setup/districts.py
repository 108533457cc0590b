"""Districts: by polygons, which say where a street is, or by names only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import numpy as np
import shapely

from data.errors import CityFileError, InvalidError, NotFoundError
from data.exchange.polygons import read_areas
from data.files.toml_reader import TomlTable, read_table, read_toml, table_list
from data.files.toml_values import Text
from data.model import District, Language, Segment
from data.setup.boundary import shares_within

URMIA_DISTRICTS = Path(str(files("data.samples").joinpath("districts-urmia.toml")))
"""The five districts of Urmia, by name only: their borders are not published."""

NAME_SUFFIXES = (".toml", ".txt")

type Names = Mapping[Language, tuple[str, ...]]

_NAME_KEYS: Mapping[str, Language] = {"name": ""} | {
    f"name{mark}{language}": language for language in ("fa", "en") for mark in (":", "_")
}


@dataclass(frozen=True, slots=True)
class _DistrictTable(TomlTable):
    """`[[district]]`: its name, and what it is called in Persian and in English."""

    name: Text
    fa: Text | None = None
    en: Text | None = None

    def district(self) -> District:
        """Return the district without a border."""
        spoken = {"": self.name, "fa": self.fa, "en": self.en}
        return District(self.name, {key: (name,) for key, name in spoken.items() if name})


@dataclass(frozen=True, slots=True)
class _DistrictFile(TomlTable):
    district: Annotated[tuple[_DistrictTable, ...], table_list("district")] = ()


def read_districts(path: Path) -> tuple[District, ...]:
    """Return the districts of a file, in its order.

    A GeoJSON or GeoPackage has polygons with `name` and perhaps `name:fa`, `name:en` (or with an
    underscore); a TOML has `[[district]]` tables with `name`, `fa`, `en`; a text has one name a
    line. Raises `CityFileError` or `InvalidError` for a file without names, or with one twice.
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
    for number, area in enumerate(read_areas(path), 1):
        spoken = _names_of(area.attributes)
        if not spoken:
            raise InvalidError(f"districts: polygon {number}: name", "", "a name")
        name = spoken[""][0]
        parts[name].append(area.polygon)
        names[name] = spoken
    return tuple(
        District(name, names[name], shapely.to_wkt(shapely.union_all(pieces), rounding_precision=7))
        for name, pieces in parts.items()
    )


def _names_of(attributes: Mapping[str, str]) -> Names:
    found: dict[Language, tuple[str, ...]] = {
        language: (attributes[key].strip(),)
        for key, language in _NAME_KEYS.items()
        if attributes.get(key, "").strip()
    }
    return {"": next(iter(found.values())), **found} if found else {}


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
