"""Tracks of a GPX file: each `trk` is a vehicle, by its name, else by its number in the file."""

from collections.abc import Iterator
from xml.parsers import expat

from data.errors import InvalidError
from fleet.tracking.track_fixes import LoggedFix, fix_from

FIELDS = {"time", "speed", "course", "bearing", "heading", "blade", "spreader", "material", "rate"}
"""Elements of a point that say something, extensions too, whatever their namespace."""


class _Reader:
    """SAX reader of GPX that collects fixes; a document type declaration is refused."""

    def __init__(self, name: str) -> None:
        self._file_name = name
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse_entities
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._hear
        self._text: list[str] = []
        self._root = ""
        self._point: dict[str, str] | None = None
        self._line = 0
        self._track = ""
        self._tracks = 0
        self.fixes: list[LoggedFix] = []

    def read(self, content: bytes) -> None:
        """Read the whole file; raise `InvalidError` with the line of the first mistake."""
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as error:
            raise InvalidError(f"line {error.lineno}", str(error), "well-formed GPX") from None
        if self._root != "gpx":
            raise InvalidError("file", self._file_name, "a GPX file")

    def _refuse_entities(self, *_: object) -> None:
        raise InvalidError("file", "DOCTYPE", "GPX without a document type")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2].lower()
        self._text = []
        self._root = self._root or tag
        if tag == "trk":
            self._tracks += 1
            self._track = ""
        elif tag == "trkpt":
            self._line = self._parser.CurrentLineNumber
            self._point = {key: attributes.get(key, "") for key in ("lat", "lon")}

    def _hear(self, text: str) -> None:
        self._text.append(text)

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2].lower()
        text = "".join(self._text).strip()
        self._text = []
        if tag == "trkpt" and self._point is not None:
            self._finish(self._point)
            self._point = None
        elif self._point is not None and tag in FIELDS and text:
            self._point["heading" if tag in ("course", "bearing") else tag] = text
        elif tag == "name" and self._tracks and self._point is None and not self._track:
            self._track = text

    def _finish(self, point: dict[str, str]) -> None:
        number = f" {self._tracks}" if self._tracks > 1 else ""
        point["vehicle"] = self._track or f"{self._file_name}{number}"
        point.setdefault("time", "")
        self.fixes.append(fix_from(f"line {self._line}", point))


def fixes_from_gpx(content: bytes, name: str) -> Iterator[LoggedFix]:
    """Yield the points of all tracks; `name` is the vehicle of a track without a name."""
    reader = _Reader(name)
    reader.read(content)
    yield from reader.fixes
