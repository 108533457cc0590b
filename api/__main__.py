"""`python -m api` is the console script `barfrub`."""

from api.cli import app

app()
