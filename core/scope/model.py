"""The mixin of every table whose rows belong to an organisation."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import ColumnElement, ForeignKey, and_, false, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core.organisations.models import Closure
from core.scope.scopes import JobScope, NodeScope, PersonScope, Scope


class Scoped:
    """Rows with a responsible organisation. A subclass may say which rows are somebody's own.

    `mine(person_id)` gives the criterion of the rows one sees under `/me`; without it there are none.
    `is_mine(person_id)` says whether a new row may be written there.
    """

    registry_of_scoped: ClassVar[list[type[Scoped]]] = []
    # The module a table belongs to; the host stamps it while it registers the plugin. None is core.
    module: ClassVar[str | None] = None

    @declared_attr
    def organisation_id(cls) -> Mapped[int]:
        """The responsible organisation; it never changes."""
        return mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Remember every scoped table, so that the guards know its name."""
        super().__init_subclass__(**kwargs)
        if not cls.__dict__.get("__abstract__"):
            Scoped.registry_of_scoped.append(cls)

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:  # noqa: ARG003  # subclasses use it
        """Criterion of the person's own rows. None by default."""
        return false()

    def is_mine(self, person_id: int) -> bool:  # noqa: ARG002  # subclasses use it
        """Whether the person may write this new row as their own. No by default."""
        return False

    @classmethod
    def criterion(cls, scope: Scope) -> ColumnElement[bool]:
        """What a scope lets one see of this table. Override only where ownership is not the whole story."""
        if isinstance(scope, PersonScope):
            return cls.mine(scope.person)
        return cls.owned_within(scope)

    @classmethod
    def owned_within(cls, scope: NodeScope | JobScope) -> ColumnElement[bool]:
        """Rows owned under the scope's tops, by one closure subquery, where the module is on."""
        tops = scope.ancestors if isinstance(scope, NodeScope) else (scope.organisation,)
        below = select(Closure.descendant_id).where(Closure.ancestor_id.in_(tops), Closure.same_controller)
        column: Any = cls.organisation_id
        inside: ColumnElement[bool] = column.in_(below)
        if cls.module is None or isinstance(scope, JobScope):
            return inside
        return and_(inside, *_switched_off(cls.module, tops, column))


def _switched_off(module: str, tops: tuple[int, ...], column: Any) -> list[ColumnElement[bool]]:
    """Leaves out organisations where the module is off; usually there is nothing to leave out."""
    from core.modules.gating.gate import current_gate

    off = current_gate().off_below(module, tops)
    return [column.not_in(sorted(off))] if off else []
