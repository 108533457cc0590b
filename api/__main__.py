"""`python -m api` is the console script `barfrub`."""

from api.cli.main import app

app()
