"""Reads every feed of a city's open data, and prints what is in it.

    python open-data-client.py https://HOST

It keeps ETags, so that what has not changed is not sent again, and follows links to the next page.
Parquet files need `pip install arro3-io`; all else is read without any package.
"""

import csv
import io
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from xml.etree import ElementTree

SITUATION = "{http://datex2.eu/schema/3/situation}"
NOT_MODIFIED = 304

type Fetch = Callable[[str, dict[str, str]], tuple[int, str, bytes]]
"""Gets an address with headers: status, ETag and body."""


class OpenData:
    """The feeds of one city; what was read stays until it changes."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[str, tuple[str, bytes]] = {}

    def read(self, path: str) -> bytes:
        """Return what an address says, from memory where that still holds."""
        etag, before = self._known.get(path, ("", b""))
        status, new_etag, body = self._fetch(path, {"If-None-Match": etag} if etag else {})
        if status == NOT_MODIFIED:
            return before
        self._known[path] = new_etag, body
        return body

    def pages(self, path: str) -> Iterator[dict]:
        """Yield an answer and all that follow it."""
        while path:
            page = json.loads(self.read(path))
            yield page
            path = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")

    def passes(self, query: str = "") -> Iterator[dict]:
        """Yield the work on streets, as GeoJSON features."""
        for page in self.pages(f"/open/v1/maintenance/routes?{query}"):
            yield from page["features"]

    def closed_streets(self) -> list[dict[str, str]]:
        """Return the closed streets in CIFS."""
        answer = json.loads(self.read("/open/v1/closures/cifs.json"))
        return [one["incident"] for one in answer["incidents"]]

    def situations(self) -> list[str]:
        """Return the ids of the situations in DATEX II."""
        top = ElementTree.fromstring(self.read("/open/v1/datex2/situations.xml"))
        return [one.get("id", "") for one in top.iter(f"{SITUATION}situation")]

    def storms(self) -> Iterator[dict]:
        """Yield the storms, the first one first."""
        for page in self.pages("/open/v1/storms"):
            yield from page["storms"]

    def streets(self, storm: dict) -> list[dict[str, str]]:
        """Return every street of a storm, as rows of its CSV file."""
        text = self.read(storm["files"]["csv"]).decode()
        return list(csv.DictReader(io.StringIO(text)))

    def features(self, storm: dict) -> list[dict]:
        """Return every street of a storm, as features of its GeoJSON file."""
        return json.loads(self.read(storm["files"]["geojson"]))["features"]

    def layer(self, storm: dict) -> list[sqlite3.Row]:
        """Return every street of a storm, as rows of its GeoPackage."""
        with closing(sqlite3.connect(":memory:")) as file:
            file.deserialize(self.read(storm["files"]["gpkg"]))
            file.row_factory = sqlite3.Row
            return file.execute("SELECT * FROM streets").fetchall()

    def table(self, storm: dict) -> dict[str, list]:
        """Return every street of a storm, as columns of its Parquet file; lines are WKB."""
        from arro3.io import read_parquet

        table = read_parquet(self.read(storm["files"]["parquet"])).read_all()
        return {name: table[name].to_pylist() for name in table.column_names}


def fetcher(host: str) -> Fetch:
    """Return what gets addresses of a host."""

    def fetch(path: str, headers: dict[str, str]) -> tuple[int, str, bytes]:
        try:
            with urlopen(Request(host + path, headers=headers)) as answer:
                return answer.status, answer.headers.get("ETag", ""), answer.read()
        except HTTPError as error:
            if error.code != NOT_MODIFIED:
                raise
            return error.code, "", b""

    return fetch


def count(city: OpenData, form: str, storm: dict) -> str:
    """Return how many streets a file of a storm has."""
    try:
        found = getattr(city, form)(storm)
    except ImportError as missing:
        return f"not read, {missing}"
    return f"{len(found['id'] if isinstance(found, dict) else found)} streets"


def report(city: OpenData) -> Iterator[str]:
    """Yield a line about each feed."""
    yield f"{len(list(city.passes()))} passes in the last day"
    for one in city.closed_streets():
        yield f"closed: {one['street']} until {one['endtime']}"
    yield f"{len(city.situations())} situations in DATEX II"
    for storm in city.storms():
        rows = city.streets(storm)
        cleared = sum(bool(row["cleared_forward_at"]) for row in rows)
        yield f"storm {storm['id']}: {cleared} of {len(rows)} streets cleared"
        for form in ("features", "layer", "table"):
            yield f"storm {storm['id']}, {form}: {count(city, form, storm)}"


if __name__ == "__main__":
    for line in report(OpenData(fetcher(sys.argv[1].rstrip("/")))):
        sys.stdout.write(f"{line}\n")
