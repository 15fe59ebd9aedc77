"""The limit: a bare WSGI application with psycopg and one compiled Jinja page, under the product's checks."""
