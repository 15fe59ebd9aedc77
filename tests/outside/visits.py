"""Runs inside the environment of a test, beside the service: asks for pages as people who are signed in.

    python visits.py REQUESTS

REQUESTS is a list of [person, method, address, form] in JSON; who is not in the database is not signed in.
Prints the list of [status, page].
"""

import json
import os
import sys
from functools import cache

from flask import Flask
from sqlalchemy import select

from config import TestConfig
from core import create_app
from core.extensions import db
from core.testing.visitors import CSRF, Visitor, visitor, visitor_of_token
from core.users.models import Account, Person


def main(requests: str) -> None:
    """Print what each request was answered."""
    app = create_app(TestConfig(database_url=os.environ["DATABASE_URL"]))
    json.dump([answer(app, *each) for each in json.loads(requests)], sys.stdout)


def answer(app: Flask, person: str, method: str, address: str, form: dict[str, str]) -> tuple[int, str]:
    """Status and page of one request."""
    who = signed_in(app, person)
    data = {**form, CSRF: who.csrf} if method == "POST" else None
    said = who.client(app).open(address, method=method, data=data)
    return said.status_code, said.get_data(as_text=True)


@cache
def signed_in(app: Flask, name: str) -> Visitor:
    """The person of that name, signed in; or somebody who is not."""
    with app.app_context():
        wanted = select(Person.id).join(Account, Account.person_id == Person.id).where(Person.name == name)
        person_id = db.session.scalar(wanted)
        db.session.remove()
    return visitor_of_token(app, 0, None) if person_id is None else visitor(app, person_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
