"""Set-up of the city in the browser."""

from fastapi import APIRouter

router = APIRouter()
