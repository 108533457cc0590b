"""Pictures for tests, also such as claim more pixels than they have."""

import struct
import zlib
from io import BytesIO

from PIL import Image


def a_picture(kind: str = "JPEG", width: int = 40, height: int = 30) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "white").save(file, kind)
    return file.getvalue()


def a_bomb(kind: str, side: int = 7_000) -> bytes:
    """A file of a few kB that claims `side` × `side` pixels: 49 megapixels."""
    if kind == "PNG":
        file = BytesIO()
        Image.new("1", (side, side)).save(file, "PNG")
        return file.getvalue()
    content = bytearray(a_picture(kind))
    if kind == "WEBP":
        struct.pack_into("<HH", content, 26, side, side)
    else:
        frame = content.index(b"\xff\xc0")
        struct.pack_into(">HH", content, frame + 5, side, side)
    return bytes(content)


def an_extended_webp(side: int) -> bytes:
    """A WebP file whose canvas alone is said, as in animations."""
    canvas = b"\0\0\0\0" + 2 * (side - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", len(canvas)) + canvas
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def a_lossless_webp(side: int) -> bytes:
    """A lossless WebP file cut off after its header."""
    bits = struct.pack("<I", (side - 1) | (side - 1) << 14)
    return b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + bits


def a_png_of_height(height: int) -> bytes:
    """A PNG header of width 1."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 1, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n\0\0\0\r" + head + struct.pack(">I", zlib.crc32(head))
