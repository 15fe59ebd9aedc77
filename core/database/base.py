"""The declarative base every table of core and plugins inherits from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Names every constraint the same way on both databases, so that migrations can find them."""

    metadata = MetaData(naming_convention=NAMING)


if TYPE_CHECKING:

    class Model(Base):
        """A table; at run time this is Flask-SQLAlchemy's own model class."""

        __abstract__ = True
else:

    def __getattr__(name: str) -> Any:
        if name == "Model":
            from core.extensions import db

            return db.Model
        raise AttributeError(name)


class WithId:
    """An integer key that the database hands out."""

    id: Mapped[int] = mapped_column(primary_key=True)
