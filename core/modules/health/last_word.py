"""`python -m core.modules.health.last_word`: writes down the hang of a process once that process has ended.

Started by the watchdog. One line of JSON comes in; the end of the input is the end of the process.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from core.database.engine import engine_options, prepare_engine
from core.database.session import WRITING
from core.database.types import now
from core.logs import configure_logs
from core.modules.health.breaker import Failure, record

TRIES, PAUSE_SECONDS = 5, 2.0
log = logging.getLogger("core.modules.health.last_word")


def main() -> None:
    """Wait for the end, then open the breaker."""
    configure_logs()
    told: dict[str, Any] = json.loads(sys.stdin.readline())
    sys.stdin.read()
    for _ in range(TRIES):
        try:
            write(told)
        except SQLAlchemyError:
            log.exception("a hang could not be written down yet")
            time.sleep(PAUSE_SECONDS)
        else:
            return


def write(told: dict[str, Any]) -> None:
    """Note the hang, which opens the breaker at once for all processes."""
    options = {key: value for key, value in engine_options(told["database_url"]).items() if "pool" not in key}
    options.pop("max_overflow", None)
    engine = create_engine(told["database_url"], poolclass=NullPool, **options)
    prepare_engine(engine)
    key = (told["module"], told["hook"])
    with engine.connect().execution_options(**{WRITING: True}) as connection, Session(connection) as session:
        record(session, [Failure(key, now(), told["error"], told["reference"], hang=True)], {})
        session.commit()


if __name__ == "__main__":
    main()
