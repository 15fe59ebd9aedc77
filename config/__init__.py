"""Settings per environment. Secrets come only from the environment; production refuses weak ones."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

WEAK_SECRETS = frozenset({"changeme", "change-me", "secret", "dev", "development", "password", "test"})
LANGUAGES = ("fi", "sv", "en")


class ConfigurationError(RuntimeError):
    """The environment asks for something the product refuses to run with; the text says what to set."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything the application reads at start-up. Durations carry their unit in the name."""

    environment: str = "development"
    database_url: str = "sqlite:///kokemussilta.db"
    database_owner_url: str = ""
    secret_key: str = field(default="", repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    data_keys: tuple[str, ...] = field(default=(), repr=False)
    base_url: str = "http://127.0.0.1:5000"
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    proxy_hops: int = 0
    default_language: str = "fi"
    session_idle_minutes: int = 30
    session_absolute_hours: int = 12
    argon2_time_cost: int = 3
    argon2_memory_kib: int = 65536
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_tls: str = "starttls"
    smtp_ca_file: str = ""
    mail_from: str = "kokemussilta@localhost"
    request_max_seconds: int = 30
    job_max_seconds: int = 300
    worker_memory_mib: int = 0
    demo: bool = False
    plugins: tuple[str, ...] = ()
    safe_mode: bool = False
    strict: bool = False
    hosts: int = 1
    testing: bool = False

    @property
    def owner_url(self) -> str:
        """Address used by migrations: the owner role, or the app's own where none is named."""
        return self.database_owner_url or self.database_url

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over TLS, which decides the cookie's name and flags."""
        return self.base_url.startswith("https://")


@dataclass(frozen=True, kw_only=True)
class TestConfig(Config):
    """Settings of the test suite: cheap password hashing, a fixed secret, no waiting."""

    __test__ = False  # pytest would take the name for a test class

    environment: str = "test"
    secret_key: str = field(default="test-secret-key-that-is-long-enough", repr=False)
    data_keys: tuple[str, ...] = field(default=("dGVzdHMtYWxvbmUtdXNlLXRoaXMta2V5LTAxMjM0NTY=",), repr=False)
    argon2_time_cost: int = 1
    argon2_memory_kib: int = 8
    request_max_seconds: int = 0
    job_max_seconds: int = 0
    testing: bool = True


def from_environment(environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration the environment asks for; raises `ConfigurationError` when it is unsafe."""
    values = {f.name: _parse(f.name, f.type, environ) for f in fields(Config) if f.name.upper() in environ}
    values["environment"] = environ.get("KOKEMUSSILTA_ENV", "development")
    values.pop("testing", None)
    config = Config(**values)  # type: ignore[arg-type]  # the parser returns each field's own type
    if config.environment == "production":
        _refuse_weak(config)
    else:
        config = replace(
            config,
            secret_key=config.secret_key or _development_secret(),
            data_keys=config.data_keys or (_development_secret("data_key", new_data_key),),
        )
    _refuse_bad_data_keys(config)
    urls = (config.database_url, config.database_owner_url)
    return replace(config, database_url=_whole_path(urls[0]), database_owner_url=_whole_path(urls[1]))


def _whole_path(url: str, folder: Path = Path("instance")) -> str:
    """A relative SQLite file lies in the instance folder. Libraries would look in different places."""
    start, path = "sqlite:///", url.removeprefix("sqlite:///")
    if not url.startswith(start) or not path or path.startswith(("/", ":memory:", "file:")):
        return url
    folder.mkdir(parents=True, exist_ok=True)
    return f"{start}{folder.resolve() / path}"


def new_data_key() -> str:
    """A new key for what is stored encrypted: 32 random bytes, as they stand in DATA_KEYS."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


def _parse(name: str, kind: object, environ: Mapping[str, str]) -> object:
    """One setting as its field's type. Lists are separated by commas."""
    raw = environ[name.upper()]
    if kind == "int":
        return _integer(name, raw)
    if kind == "bool":
        return raw.strip().lower() in {"1", "true", "yes", "on"}
    if kind == "tuple[str, ...]":
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    return raw


def _integer(name: str, raw: str) -> int:
    try:
        return int(raw)
    except ValueError:
        raise ConfigurationError(f"{name.upper()} must be a whole number, not {raw!r}") from None


def _refuse_weak(config: Config) -> None:
    """Production needs a real secret, a real address and, on several hosts, a real database server."""
    for secret in (config.secret_key, *config.secret_key_fallbacks):
        if len(secret) < 32 or secret.lower() in WEAK_SECRETS or len(set(secret)) < 10:
            raise ConfigurationError("SECRET_KEY must be set to at least 32 random characters")
    if not config.secure:
        raise ConfigurationError("BASE_URL must be the public https:// address")
    if not config.trusted_hosts or config.trusted_hosts == Config.trusted_hosts:
        raise ConfigurationError("TRUSTED_HOSTS must name the hosts this service answers to")
    if config.demo:
        raise ConfigurationError("DEMO cannot be on in production")
    if config.hosts > 1 and config.database_url.startswith("sqlite"):
        raise ConfigurationError("SQLite serves one host only: set DATABASE_URL to PostgreSQL")


def _refuse_bad_data_keys(config: Config) -> None:
    """Each key is 32 bytes that look random; without one no secret could be stored or read."""
    if not config.data_keys:
        raise ConfigurationError("DATA_KEYS must name a key; docs/operations.md tells how one is made")
    for number, key in enumerate(config.data_keys, 1):
        if not _is_data_key(key):
            raise ConfigurationError(f"DATA_KEYS: key {number} is not 32 random bytes in URL-safe base64")


def _is_data_key(key: str) -> bool:
    try:
        found = base64.b64decode(key, altchars=b"-_", validate=True)
    except ValueError:  # letters outside of base64, or not ASCII at all
        return False
    return len(found) == 32 and len(set(found)) >= 16


def _new_secret_key() -> str:
    return secrets.token_urlsafe(48)


def _development_secret(
    name: str = "secret_key",
    make: Callable[[], str] = _new_secret_key,
    folder: Path = Path("instance"),
) -> str:
    """A secret kept in the instance folder: a restart in development signs nobody out and loses nothing."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(make(), encoding="ascii")
    return path.read_text(encoding="ascii")
