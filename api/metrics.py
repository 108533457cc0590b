"""Figures for monitoring."""

from fastapi import APIRouter

router = APIRouter()
