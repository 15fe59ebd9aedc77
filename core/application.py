"""Putting the application together, in the order things depend on each other."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from flask import Flask
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config, from_environment
from core import access, assets, errors, formats, headers, input_guard, pages, request
from core.admin.setup import add_records, init_admin
from core.command_line import CommandLine
from core.database.commands import database_commands
from core.database.engine import engine_options, prepare_engine
from core.demo.commands import demo_commands
from core.experts import merge_views
from core.experts.commands import expert_commands
from core.experts.own import views as profile_views
from core.experts.records import EXPERTS
from core.extensions import csrf, db
from core.files import views as file_views
from core.logs import configure_logs
from core.modules.calling.connections import watch_engine
from core.modules.health import recording as health
from core.modules.health import watchdog
from core.modules.host import Condition, Host, Registered
from core.modules.pages import views as module_views
from core.modules.settings import views as settings_views
from core.modules.startup.loading import load_plugins, refuse_not_ok
from core.modules.startup.rehearsal import words_of
from core.modules.switching.commands import module_commands
from core.operations import views as operations
from core.organisations import delegation_views
from core.organisations import views as organisation_views
from core.organisations.commands import organisation_commands
from core.organisations.records import ORGANISATIONS
from core.outbox.commands import outbox_commands, worker_command
from core.records.custom.records import CUSTOM_FIELDS
from core.retention import views as retention_views
from core.retention.commands import retention_commands
from core.scope.enforcement import guard_engine
from core.search import views as search_views
from core.search.commands import search_commands
from core.trust import views as trust_views
from core.users import views as user_views
from core.users.commands import operator_commands
from core.users.loader import init_login
from core.users.locale import choose_language
from core.users.permissions import CORE_PERMISSIONS

CORE_RECORDS = (EXPERTS, ORGANISATIONS, CUSTOM_FIELDS)
CORE_PAGES = (
    pages,
    user_views,
    module_views,
    settings_views,
    operations,
    organisation_views,
    delegation_views,
    file_views,
    profile_views,
    merge_views,
    search_views,
    trust_views,
    retention_views,
)
CORE_COMMANDS = (
    database_commands,
    demo_commands,
    module_commands,
    operator_commands,
    outbox_commands,
    worker_command,
    organisation_commands,
    expert_commands,
    search_commands,
    retention_commands,
)


def build(config: Config | None = None) -> Flask:
    """An application that is ready to serve; raises with names when a declaration is missing."""
    config = config or from_environment()
    configure_logs()
    app = _put_together(config, {})
    if config.strict:
        refuse_not_ok(app.extensions["kokemussilta.host"])
    return app


def _put_together(config: Config, set_aside: dict[str, Condition]) -> Flask:
    """The application without the plugins in `set_aside`."""
    app = Flask("core")
    app.cli = CommandLine(app.name)
    app.config.from_mapping(_flask_settings(config))
    _init_extensions(app, config)
    _register_core(app)
    host = load_plugins(app, partial(_use, app), set_aside)
    if host.half_taken:  # an application gives no route back: begin anew without those
        found = {name: host.at_start[name] for name in host.half_taken}
        return _put_together(config, {**set_aside, **found})
    _init_languages(app, host)
    access.collect_access(app)
    watchdog.install(app)
    return app


def _flask_settings(config: Config) -> dict[str, Any]:
    """Flask's and its extensions' settings; the library defaults are open."""
    return {
        "KOKEMUSSILTA": config,
        "TESTING": config.testing,
        "SECRET_KEY": config.secret_key,
        "SECRET_KEY_FALLBACKS": list(config.secret_key_fallbacks),
        "TRUSTED_HOSTS": list(config.trusted_hosts),
        "MAX_CONTENT_LENGTH": 10 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 512 * 1024,
        "MAX_FORM_PARTS": 2000,
        "SESSION_COOKIE_NAME": "__Host-kokemussilta" if config.secure else "kokemussilta",
        "SESSION_COOKIE_SECURE": config.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=config.session_absolute_hours),
        "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as the session
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(config.database_url),
        "BABEL_DEFAULT_LOCALE": config.default_language,
    }


def _init_extensions(app: Flask, config: Config) -> None:
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way
    errors.install(app)
    headers.install(app)
    input_guard.install(app)
    health.install(app)
    db.init_app(app)
    csrf.init_app(app)
    init_login(app)
    request.install(app)
    with app.app_context():
        prepare_engine(db.engine)
        guard_engine(db.engine)
        watch_engine(db.engine)


def _register_core(app: Flask) -> None:
    """The core's own permissions, pages, records and commands: a fault in these stops start-up."""
    app.extensions["kokemussilta.permissions"] = {p.key: p for p in CORE_PERMISSIONS}
    app.extensions["kokemussilta.owners"] = {}
    access.access("public")(app.view_functions["static"])
    for core_pages in CORE_PAGES:
        app.register_blueprint(core_pages.blueprint)
    init_admin(app, CORE_RECORDS)
    formats.register(app)
    assets.register(app)
    app.context_processor(pages.layout_context)
    for command in CORE_COMMANDS:
        app.cli.add_command(command)


def _use(app: Flask, brought: Registered) -> None:
    """Take in what a plugin brings and the rehearsal found good; its pages are stamped with their owner."""
    name, owners = brought.plugin.name, app.extensions["kokemussilta.owners"]
    app.extensions["kokemussilta.permissions"].update({p.key: p for p in brought.permissions})
    before = {rule.endpoint for rule in app.url_map.iter_rules()}
    for blueprint in brought.pages:
        app.register_blueprint(blueprint)
    add_records(app, name, brought.records)
    owners.update({r.endpoint: name for r in app.url_map.iter_rules() if r.endpoint not in before})
    for command in brought.commands:
        app.cli.add_command(command)


def _init_languages(app: Flask, host: Host) -> None:
    """Catalogues of the core and of every module, in one domain; the core's last, so that its words stand."""
    folders = [str(words_of(found.plugin)) for found in reversed(host.healthy.values())]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join([*folders, "translations"])
    # One for each application: Flask-Babel keeps what it has read, and modules differ between applications.
    Babel(app, locale_selector=choose_language, timezone_selector=lambda: "Europe/Helsinki")
