"""Which class every street has and why."""

from fastapi import APIRouter

router = APIRouter()
