"""Plugins, each bad in one way: what is put into it, and what the operator must read about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent, indent

SQLITE, BOTH = ("sqlite",), ("sqlite", "postgresql")


@dataclass(frozen=True)
class Animal:
    """`facts` stand in the plugin's class, `before` above it, `modules` beside it.

    `tells`: words the operator reads. `kinds`: databases it is tried on. `works`: the worker runs once in the
    story. `entry`: the name it is offered under.
    """

    tells: tuple[str, ...]
    facts: str = ""
    before: str = ""
    modules: dict[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = SQLITE
    works: bool = False


def hook(name: str, arguments: str, body: str, *, optional: bool = False) -> str:
    """A hook with this body."""
    mark = "@hookimpl(optionalhook=True)" if optional else "@hookimpl"
    return f"{mark}\ndef {name}(self, {arguments}):\n{indent(dedent(body).strip(), '    ')}\n"


def move(body: str) -> str:
    """A say in each move of a claim."""
    return hook("fees_may_move", "move", body, optional=True)


def offer(body: str) -> str:
    """Work to be claimed."""
    return hook("fees_claimable_work", "person_id", body, optional=True)


def moved(body: str) -> str:
    """Hearing of a move."""
    return hook("fees_claim_moved", "claim_id, organisation_id", body, optional=True)


def desk(body: str) -> str:
    """Cards on everybody's own page."""
    return hook("desk_cards", "person_id", body)


KEEP = """
self.kept = getattr(self, "kept", [])
for _time in range(6):
    connection = db.engine.connect()
    connection.begin()
    self.kept.append(connection)
"""
KEPT = "it kept a connection"
EXITS = "raise SystemExit(3)"
FORM, MOVE, HEARD, CARDS = "fees_claimable_work", "fees_may_move", "fees_claim_moved", "desk_cards"
PAST = "db.session.connection()"
ADDS = "db.session.add(Person(name='x', sort_key='x', created_at=now()))"


def registering(hook_name: str, body: str) -> str:
    """A hook of start-up with this body."""
    return f"@hookimpl\ndef {hook_name}(self):\n{indent(dedent(body).strip(), '    ')}\n"


PAGES = registering("register_pages", "return [own]")
COUNTED = registering(
    "register_menu", "return [MenuItem('bad.mine', 'Bad', where='me', count=lambda person: 1 / 0)]"
)
WORKING = registering("register_handlers", "return {'bad.work': lambda row: exit(3)}")
ASKING = """
here = {"module": "bad", "organisation_id": organisation_id}
enqueue(db.session(), "bad.work", f"bad:{claim_id}", payload={}, **here)
"""
# Bad at start-up: the plugin is set aside.
SET_ASIDE: dict[str, Animal] = {
    "its import fails": Animal(("ModuleNotFoundError", "nowhere_at_all"), before="import nowhere_at_all"),
    "its import exits": Animal(("SystemExit: 3",), before=EXITS),
    "made for another version": Animal(("made for core.api >=9",), facts='api = ">=9"'),
    "no version": Animal(("PEP 440",), facts='version = "new"'),
    "register raises": Animal(("ZeroDivisionError",), facts=registering("register_handlers", "1 / 0")),
    "register exits": Animal(("SystemExit",), facts=registering("register_handlers", EXITS)),
    "register gives a wrong type": Animal(
        ("MenuItem",), facts=registering("register_menu", "return ['fees.mine']")
    ),
    "another's route": Animal(
        ("/me/fees/new does not stand under",),
        facts=PAGES,
        before="""
            own = Blueprint("bad", __name__)

            @own.get("/me/fees/new")
            @access("me")
            def stolen():
                return "stolen"
        """,
    ),
    "another's table": Animal(
        ("fees_claim",),
        facts=registering("register_models", "from pkg_bad import models"),
        modules={
            "models": """
                from sqlalchemy.orm import Mapped
                from core.api import Model, Scoped, WithId

                class Mine(WithId, Scoped, Model):
                    __tablename__ = "fees_claim"
                    __table_args__ = {"extend_existing": True}
                    odd: Mapped[str]
            """
        },
    ),
    "another's permission": Animal(
        ("fees.payroll",),
        facts=registering("register_permissions", "return [permission('fees.payroll', 'x', 'expert')]"),
    ),
    "a forgotten permission": Animal(
        ("declares no access",),
        facts=PAGES,
        before="""
            own = Blueprint("bad", __name__)

            @own.get("/me/bad/")
            def open_to_all():
                return "everything"
        """,
    ),
    "a migration that fails": Animal(
        ("run `flask database upgrade`",),
        facts=registering("register_models", "from pkg_bad import models"),
        modules={
            "models": """
                from core.api import Model, Scoped, WithId

                class Thing(WithId, Scoped, Model):
                    __tablename__ = "bad_thing"
            """,
            "migrations/versions/0001_things": '''
                """Things."""

                revision = "bad_0001"
                down_revision = None


                def upgrade():
                    raise RuntimeError("in the middle")


                def downgrade():
                    pass
            ''',
        },
    ),
}
# Bad while somebody waits: the page goes on without it.
LEFT_OUT: dict[str, Animal] = {
    "a question raises": Animal((FORM, "ZeroDivisionError"), offer("1 / 0")),
    "a question exits": Animal((FORM, "SystemExit"), offer(EXITS)),
    "a question of a wrong type": Animal((FORM, "list with int"), offer("return [1, 2]")),
    "a question without a list": Animal((FORM, "instead of a list"), offer("return 'work'")),
    "a question with a bad statement": Animal(
        (FORM, "Error at"),
        offer(f"{PAST}.exec_driver_sql('SELECT nothing')"),
        kinds=BOTH,
    ),
    "a question that writes": Animal((FORM, "changed rows"), offer(f"{ADDS}\nreturn []")),
    "a question that rolls back": Animal(
        (FORM, "ended the transaction"),
        offer("db.session.rollback()\nreturn []"),
        kinds=BOTH,
    ),
    "a question that keeps connections": Animal((FORM, KEPT), offer(f"{KEEP}\nreturn []"), kinds=BOTH),
    "a card raises": Animal((CARDS, "ZeroDivisionError"), desk("1 / 0")),
    "a card exits": Animal((CARDS, "SystemExit"), desk(EXITS)),
    "a card of a wrong type": Animal((CARDS, "list with str"), desk("return ['card']")),
    "a card without its template": Animal(
        (CARDS, "TemplateNotFound"), desk("return [Card('bad/none.html', {})]")
    ),
    "cards that keep connections": Animal((CARDS, KEPT), desk(f"{KEEP}\nreturn []")),
    "a menu's count raises": Animal(
        ("menu_count bad.mine", "ZeroDivisionError"),
        facts=f"{PAGES}\n{COUNTED}",
        before="""
            own = Blueprint("bad", __name__)

            @own.get("/me/bad/")
            @access("me")
            def mine():
                return "mine"
        """,
    ),
    "hearing raises": Animal((HEARD, "ZeroDivisionError"), moved("1 / 0"), works=True),
    "hearing exits": Animal((HEARD, "SystemExit"), moved(EXITS), works=True),
    "hearing that commits": Animal(
        (HEARD, "tried to commit"), moved("db.session.commit()"), works=True, kinds=BOTH
    ),
    "hearing that rolls back": Animal(
        (HEARD, "ended the transaction"), moved("db.session.rollback()"), works=True, kinds=BOTH
    ),
    "work exits": Animal(
        ("bad.work", "SystemExit"),
        facts=f"{moved(ASKING)}\n{WORKING}",
        before="from core.outbox.services import enqueue",
        works=True,
    ),
}
# Its action is done the first times; after three such failures nobody asks it, and the action is refused.
KEEPER = Animal((MOVE, KEPT), move(KEEP), kinds=BOTH)
# Bad while something is decided: that is refused until the operator switches the plugin off.
REFUSING: dict[str, Animal] = {
    "a decision raises": Animal((MOVE, "ZeroDivisionError"), move("1 / 0")),
    "a decision exits": Animal((MOVE, "SystemExit"), move(EXITS)),
    "a decision of a wrong type": Animal((MOVE, "nothing is asked for"), move("return True")),
    "a decision that commits": Animal((MOVE, "tried to commit"), move("db.session.commit()"), kinds=BOTH),
    "a decision that rolls back": Animal(
        (MOVE, "ended the transaction"), move("db.session.rollback()"), kinds=BOTH
    ),
    "a decision that commits past the session": Animal(
        (MOVE, "tried to commit"), move(f"{PAST}.commit()"), kinds=BOTH
    ),
    "a decision that commits in SQL": Animal(
        (MOVE, "tried to end"),
        move(f"{PAST}.exec_driver_sql('COMMIT')"),
        kinds=BOTH,
    ),
    "a decision that leaves one open": Animal(
        (MOVE, "left a transaction open"), move("db.session.begin_nested()"), kinds=BOTH
    ),
}
