"""A good plugin, and every way it could be bad: what is put otherwise, and what the reason tells."""

from __future__ import annotations

GOOD = """
@hookimpl
def register_models(self):
    from pkg_tools import models

@hookimpl
def register_permissions(self):
    return [permission("tools.view", "See tools", "administrator")]

@hookimpl
def register_pages(self):
    from pkg_tools.views import node, mine, front
    return [node, mine, front]

@hookimpl
def register_menu(self):
    return [MenuItem("tools.shelf", "Tools", permission="tools.view")]

@hookimpl
def register_records(self):
    from pkg_tools.records import TOOLS
    return [TOOLS]

@hookimpl
def register_handlers(self):
    return {"tools.sharpen": print}

@hookimpl
def register_commands(self):
    return [click.Group("tools")]
"""
MODELS = """
    from sqlalchemy import ForeignKey, String
    from sqlalchemy.orm import Mapped, mapped_column
    from core.api import Model, Scoped, WithId

    class Tool(WithId, Scoped, Model):
        __tablename__ = "tools_tool"
        name: Mapped[str] = mapped_column(String(20))
        owner_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
"""
VIEWS = """
    from flask import Blueprint
    from core.api import access

    node = Blueprint("tools", __name__, url_prefix="/o/<org>/tools")
    mine = Blueprint("tools_mine", __name__, url_prefix="/me/tools")
    front = Blueprint("tools_front", __name__, url_prefix="/tools")

    @node.get("/")
    @access("node", "tools.view")
    def shelf():
        return "shelf"

    @mine.get("/")
    @access("me")
    def my():
        return "mine"

    @front.get("/")
    @access("public")
    def window():
        return "window"
"""
RECORDS = """
    from core.api import Field, Record
    from pkg_tools.models import Tool

    TOOLS = Record(key="tools.all", label="Tool", plural="Tools", model=Tool, order="name",
                   fields=(Field(key="name", label="Name"),), read="tools.view")
"""


def page(rule: str = "/me/tools/more", access: str = '@access("me")', blueprint: str = "mine") -> str:
    """The good views and one more page."""
    return f"{VIEWS}\n    @{blueprint}.get({rule!r})\n    {access}\n    def more():\n        return ''\n"


def returning(hook: str, value: str) -> str:
    return f"@hookimpl\ndef {hook}(self):\n    return {value}"


FAULTS: dict[str, tuple[dict[str, str], str]] = {
    # what the hooks themselves do
    "models raise": ({"models": f"{MODELS}\n    1 / 0"}, "ZeroDivisionError"),
    "models exit": ({"models": f"{MODELS}\n    raise SystemExit(4)"}, "SystemExit: 4"),
    "a hook raises at last": (
        {"facts": "@hookimpl\ndef register_commands(self):\n    1 / 0"},
        "ZeroDivision",
    ),
    "a wrong type": ({"facts": returning("register_permissions", "['tools.view']")}, "Permission"),
    "menu without order": (
        {"facts": returning("register_menu", "[MenuItem('tools.shelf', 'T', order='first')]")},
        "order",
    ),
    "menu with a number for a label": (
        {"facts": returning("register_menu", "[MenuItem('tools.shelf', 7)]")},
        "label",
    ),
    "not a list": ({"facts": returning("register_menu", "MenuItem('tools.shelf', 'T')")}, "MenuItem"),
    "models give something": ({"facts": returning("register_models", "1")}, "int"),
    "an unknown hook": ({"facts": returning("register_dreams", "[]")}, "unknown hook 'register_dreams'"),
    "wrong arguments": ({"facts": "@hookimpl\ndef blockers(self, planet):\n    return []"}, "planet"),
    # permissions
    "another's permission": (
        {"facts": returning("register_permissions", "[permission('fees.claims.view', 'Mine', 'expert')]")},
        "fees.claims.view",
    ),
    "a permission twice": (
        {"facts": returning("register_permissions", "[permission('tools.view', 'T', 'expert')] * 2")},
        "tools.view",
    ),
    # pages
    "no access": ({"views": page(access="")}, "declares no access"),
    "an unknown permission": (
        {"views": page("/more", '@access("node", "tools.steal")', "node")},
        "tools.steal",
    ),
    "a page of everybody": ({"views": page(access='@access("public")')}, "a page there is me"),
    "a core address": ({"views": VIEWS.replace("/me/tools", "/me/account")}, "/me/account/"),
    "another's address": ({"views": VIEWS.replace("/o/<org>/tools", "/o/<org>/fees")}, "/o/<org>/fees/"),
    "a page at the root": ({"views": VIEWS.replace('"/tools"', '"/"')}, "does not stand under"),
    "another's blueprint": ({"views": VIEWS.replace('"tools_mine"', '"fees"')}, "blueprint fees"),
    "the same blueprint twice": (
        {"facts": returning("register_pages", "[Blueprint('tools', 'x'), Blueprint('tools', 'y')]")},
        "tools",
    ),
    "before every page": (
        {"views": f"{VIEWS}\n    @mine.before_app_request\n    def first():\n        return 'mine'\n"},
        "beyond its own pages",
    ),
    "a filter for all": (
        {"views": f"{VIEWS}\n    @mine.app_template_filter('day')\n    def day(x):\n        return x\n"},
        "beyond its own pages",
    ),
    "a deferred step": (
        {"views": f"{VIEWS}\n    @mine.record\n    def later(state):\n        raise SystemExit(5)\n"},
        "SystemExit: 5",
    ),
    # menu, records, work, commands
    "a menu to nowhere": (
        {"facts": returning("register_menu", "[MenuItem('tools.gone', 'T')]")},
        "tools.gone",
    ),
    "a menu without an organisation": (
        {"facts": returning("register_menu", "[MenuItem('tools.shelf', 'T', where='me')]")},
        "tools.shelf",
    ),
    "another's record": ({"records": RECORDS.replace("tools.all", "core.experts")}, "core.experts"),
    "a record for nobody": ({"records": RECORDS.replace("tools.view", "tools.steal")}, "tools.steal"),
    "another's work": (
        {"facts": returning("register_handlers", "{'fees.claim_event': print}")},
        "fees.claim_event",
    ),
    "work by nobody": ({"facts": returning("register_handlers", "{'tools.sharpen': 1}")}, "cannot be called"),
    "another's command": ({"facts": returning("register_commands", "[click.Group('fees')]")}, "fees"),
    "a lone command": ({"facts": returning("register_commands", "[click.Command('tools')]")}, "group"),
    # tables
    "another's name": ({"models": MODELS.replace("tools_tool", "fees_tool")}, "fees_tool"),
    "a name of nobody": ({"models": MODELS.replace("tools_tool", "tool")}, "tool"),
    "another's table": ({"models": MODELS.replace("tools_tool", "person")}, "person"),
    "unbounded rows": ({"models": MODELS.replace("WithId, Scoped", "WithId")}, "not Scoped"),
    "a reference to what is not public": (
        {"models": MODELS.replace("person.id", "fees_claim.id")},
        "fees_claim.id",
    ),
    "a class of another's table": (
        {
            "models": f"{MODELS}\n"
            "    from core.users.models import Person\n"
            "    class Special(Person):\n"
            "        pass\n"
        },
        "Special inherits from Person",
    ),
    "a column of another's table": (
        {
            "models": f"{MODELS}\n"
            "    from sqlalchemy import Column, Table, Integer\n"
            "    Table('person', Model.metadata, Column('shoe', Integer), extend_existing=True)\n"
        },
        "changes tables of others: person",
    ),
    "an attribute of another's class": (
        {
            "models": f"{MODELS}\n"
            "    from core.users.models import Person\n"
            "    Person.hat = mapped_column(String(9))\n"
        },
        "changes tables of others: person",
    ),
    "a relation of another's class": (
        {
            "models": f"{MODELS}\n"
            "    from sqlalchemy.orm import relationship\n"
            "    from core.users.models import Person\n"
            "    Person.tools = relationship(Tool)\n"
        },
        "changes classes of others: Person",
    ),
    "a backref": (
        {
            "models": f"{MODELS}\n"
            "    from sqlalchemy.orm import relationship\n"
            "    Tool.owner = relationship('Person', backref='tools')\n"
        },
        "backref",
    ),
    "a mapper that cannot be configured": (
        {
            "models": f"{MODELS}\n"
            "    from sqlalchemy.orm import relationship\n"
            "    Tool.owner = relationship('Nobody')\n"
        },
        "Nobody",
    ),
    "a base of its own": (
        {
            "models": f"{MODELS}\n"
            "    from sqlalchemy.orm import DeclarativeBase\n"
            "    class Own(DeclarativeBase):\n"
            "        pass\n"
        },
        "declarative base of its own",
    ),
}
