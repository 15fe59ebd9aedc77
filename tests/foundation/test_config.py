"""Production refuses what development forgives."""

from __future__ import annotations

import pytest

from config import ConfigurationError, from_environment

GOOD = {
    "KOKEMUSSILTA_ENV": "production",
    "SECRET_KEY": "q8Zp3vL0sX7nB2mK9tR4wY6uJ1hG5fD_eA",
    "BASE_URL": "https://kokemus.example",
    "TRUSTED_HOSTS": "kokemus.example",
    "DATABASE_URL": "postgresql+psycopg://app@db/kokemus",
}


def test_a_good_production_environment_is_accepted() -> None:
    config = from_environment(GOOD)
    assert config.secure
    assert config.trusted_hosts == ("kokemus.example",)


@pytest.mark.parametrize(
    "change",
    [
        {"SECRET_KEY": ""},
        {"SECRET_KEY": "changeme"},
        {"SECRET_KEY": "a" * 40},
        {"SECRET_KEY_FALLBACKS": "short"},
        {"BASE_URL": "http://kokemus.example"},
        {"TRUSTED_HOSTS": ""},
        {"DEMO": "1"},
        {"HOSTS": "2", "DATABASE_URL": "sqlite:///x.db"},
        {"SMTP_PORT": "abc"},
    ],
)
def test_a_weak_one_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        from_environment(GOOD | change)


def test_secrets_stay_out_of_the_representation() -> None:
    assert GOOD["SECRET_KEY"] not in repr(from_environment(GOOD))
