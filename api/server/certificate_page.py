"""How a phone comes to trust the city's own authority, where one was made."""

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of
from api.web.page_context import page
from data.setup.certificates import CertificateFiles, read_authority

router = APIRouter(route_class=CheckedRoute)


@router.get("/certificate")
def certificate_page(request: Request) -> Response:
    """Show how the authority is installed; 404 where there is none."""
    authority = read_authority(_files(app_of(request)))
    return page(request, "pages/certificate.html", {"authority": authority})


@router.get("/certificate/barfrub-authority.crt")
def get_authority(request: Request) -> FileResponse:
    """Return the authority's certificate, which everybody may have."""
    files = _files(app_of(request))
    read_authority(files)
    return FileResponse(files.authority, media_type="application/x-x509-ca-cert")


def _files(app: App) -> CertificateFiles:
    return CertificateFiles(app.settings.certificates)
