"""Responses that browsers save as files."""

from zoneinfo import ZoneInfo

from starlette.responses import Response

from data.model.periods import Period

CSV = "text/csv"


def attachment(content: str | bytes, media_type: str, name: str) -> Response:
    """Return a download under a file name; text is encoded as UTF-8."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if isinstance(content, str):
        content, media_type = content.encode(), f"{media_type}; charset=utf-8"
    return Response(content, media_type=media_type, headers=headers)


def shown(content: bytes, media_type: str, name: str) -> Response:
    """Return a file that browsers show, with the name under which they save it."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def period_csv(text: str, what: str, period: Period, timezone: str) -> Response:
    """Return a CSV download named by its content and the start of its period."""
    local = period.since.astimezone(ZoneInfo(timezone))
    return attachment(text, CSV, f"{what}-{period.span}-{local:%Y-%m-%d-%H%M}.csv")
