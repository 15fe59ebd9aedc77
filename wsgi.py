"""The WSGI entry point: `gunicorn wsgi:app`."""

import click

from core import create_app
from core.database.lineages.pending import refuse_to_serve

app = create_app()
if click.get_current_context(silent=True) is None:  # a server, not a command: commands mend what is wrong
    refuse_to_serve(app.config["KOKEMUSSILTA"].database_url)
