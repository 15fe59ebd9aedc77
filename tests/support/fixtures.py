"""What our own tests need beyond `core.testing`: the catalogues of the core and of the bundled modules."""

import pytest


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the catalogues, once for all processes of the run."""
    from tools import translations

    if not hasattr(session.config, "workerinput"):
        translations.compile_all()
