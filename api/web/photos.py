"""Photos and voice notes from phones: stored as files, served as images or sound only."""

from collections.abc import Callable
from pathlib import Path

from starlette.responses import FileResponse, Response

from api.processes.photo_intake import PhotoSource
from api.web.context import Context
from data.errors import NotFoundError
from data.files import voice_notes
from data.files.photos import media_type, photo_path, remove_photo, save_photo, thumbnail
from data.store.database.engine import Tx

PHOTO_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": "inline",
}


def photo_answer(city_folder: Path, name: str, of: int | str) -> FileResponse:
    """Return a photo as an image; raise `NotFoundError` where there is none."""
    path = photo_path(city_folder, name)
    if not name or not path.is_file():
        raise NotFoundError("photo", of)
    return FileResponse(path, media_type=media_type(name), headers=PHOTO_HEADERS)


def thumbnail_answer(city_folder: Path, name: str, of: int | str) -> Response:
    """Return a photo as a small image; raise `NotFoundError` where none can be read."""
    try:
        small = thumbnail(city_folder, name)
    except FileNotFoundError as error:
        raise NotFoundError("photo", of) from error
    return Response(small, media_type="image/jpeg", headers=PHOTO_HEADERS)


def voice_answer(city_folder: Path, name: str, of: int | str) -> FileResponse:
    """Return a voice note as sound; raise `NotFoundError` where there is none."""
    path = photo_path(city_folder, name)
    if not name or not path.is_file():
        raise NotFoundError("voice", of)
    return FileResponse(path, media_type=voice_notes.media_type(name), headers=PHOTO_HEADERS)


def keep_photo[View](
    context: Context,
    content: bytes,
    store: Callable[[Tx, str], tuple[View, str]],
    save: Callable[[Path, bytes], str] = save_photo,
) -> View:
    """Store a photo before the row that names it, and remove the one that it replaces.

    `store` gets the file's name, and returns an answer and the name of the file that it replaces;
    `save` writes what is no photo, but is kept as they are.
    """
    folder = context.app.folder
    photo = context.app.photos.store(content, PhotoSource.SIGNED_IN, save)
    try:
        with context.writing() as tx:
            view, former = store(tx, photo)
    except BaseException:
        remove_photo(folder, photo)
        raise
    remove_photo(folder, former)
    return view
