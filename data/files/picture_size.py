"""The size of a picture according to its header, before anything of it is decoded."""

import struct
from io import BytesIO

from PIL import Image

_PNG, _JPEG, _RIFF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"RIFF"
_WEBP_BITS = 14


def picture_size(content: bytes) -> tuple[int, int]:
    """Return width and height that a PNG, JPEG or WebP file claims.

    Raises `ValueError` where it claims none.
    """
    try:
        if content.startswith(_PNG):
            width, height = struct.unpack_from(">II", content, 16)
            return width, height
        if content.startswith(_JPEG):
            with Image.open(BytesIO(content), formats=("JPEG",)) as picture:  # reads the header
                return picture.size
        if content.startswith(_RIFF):
            return _webp_size(content)
    except Exception as error:  # the reader may stumble in any way over what unknown senders send
        raise ValueError("a picture that is cut off") from error
    raise ValueError("no picture")


def _webp_size(content: bytes) -> tuple[int, int]:
    """Return the size of a WebP file, whose reader would make room for the picture at once."""
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = content[24:27], content[27:30]
        return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
    mask = (1 << _WEBP_BITS) - 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & mask) + 1, ((bits >> _WEBP_BITS) & mask) + 1
    width, height = struct.unpack_from("<HH", content, 26)
    return width & mask, height & mask
