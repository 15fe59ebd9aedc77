"""Production refuses what development forgives."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import ConfigurationError, from_environment

GOOD = {
    "KOKEMUSSILTA_ENV": "production",
    "SECRET_KEY": "q8Zp3vL0sX7nB2mK9tR4wY6uJ1hG5fD_eA",
    "DATA_KEYS": "l4w2hS0mN9v6rTqXbYc8eZg1JkPdUo3fWiAsLtMnQxE=",
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
        {"DATA_KEYS": ""},
        {"DATA_KEYS": "changeme"},
        {"DATA_KEYS": "A" * 43 + "="},
        {"DATA_KEYS": "äö" * 20},
        {"DATA_KEYS": GOOD["DATA_KEYS"] + ",short"},
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
    shown = repr(from_environment(GOOD))
    assert GOOD["SECRET_KEY"] not in shown
    assert GOOD["DATA_KEYS"] not in shown


def test_development_keeps_its_own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, again = from_environment({}), from_environment({})
    assert (first.secret_key, first.data_keys) == (again.secret_key, again.data_keys)
    assert from_environment(GOOD | {"DATA_KEYS": first.data_keys[0]}).data_keys == first.data_keys
    assert (tmp_path / "instance" / "data_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", [None, "sqlite:///kokemussilta.db"])
def test_sqlite_file_is_the_same_one_for_pages_and_for_migrations(
    url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {name: value for name, value in GOOD.items() if name != "DATABASE_URL"}
    config = from_environment(environ | ({"DATABASE_URL": url} if url else {}))
    assert config.database_url == config.owner_url == f"sqlite:///{tmp_path}/instance/kokemussilta.db"
    assert (tmp_path / "instance").is_dir()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:////var/x.db", "postgresql+psycopg://app@host/name"])
def test_other_addresses_stay_as_they_are(url: str) -> None:
    assert from_environment(GOOD | {"DATABASE_URL": url}).database_url == url
