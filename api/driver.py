"""The driver's page and what its taps do."""

from fastapi import APIRouter

router = APIRouter()
