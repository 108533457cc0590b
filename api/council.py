"""The council's page, its figures and downloads."""

from fastapi import APIRouter

router = APIRouter()
