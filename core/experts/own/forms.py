"""Forms of one's own pages that no record describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, Form

from core.experts import choices
from core.modules.gating.gate import current_gate
from core.records import inputs
from core.records.choices import organisations

_l: Any = lazy_gettext  # WTForms' types know plain strings only
LARGEST = 10_000_000  # cents


class OwnForm(Form):
    """A form that shows what a service refused beside its field."""

    def refuse(self, errors: Mapping[str, Any]) -> None:
        """Show each message where it belongs."""
        for key, message in errors.items():
            field: Any = self._fields.get(key) or next(iter(self._fields.values()))
            field.errors = [*field.errors, str(message)]


class LimitForm(OwnForm):
    """How much one wants at most."""

    month_cents = inputs.MoneyField(_l("Euros in a month, at most"), [inputs.Within(0, LARGEST)])
    year_cents = inputs.MoneyField(_l("Euros in a year, at most"), [inputs.Within(0, LARGEST)])
    month_tasks = inputs.WholeField(_l("Tasks in a month, at most"), [inputs.Within(0, 100)])
    wants_no_fee = BooleanField(_l("I want no fees, only my expenses"))


def unit_form(posted: Any) -> OwnForm:
    """Which unit one takes no tasks from."""
    tree = current_gate().tree
    tops = tree.children.get(None, ())
    offered = organisations((node for top in tops for node in tree.subtree(top.id)), tree)
    form: OwnForm = type("UnitForm", (OwnForm,), {"unit": _choose(_l("Unit"), offered)})(posted)
    return form


def area_form(posted: Any) -> OwnForm:
    """An experience area to add."""
    parts = {
        "area_id": _choose(_l("Experience area"), choices.areas(0)),
        "viewpoint": _choose(_l("Whose experience"), choices.viewpoints(0)),
    }
    form: OwnForm = type("AreaForm", (OwnForm,), parts)(posted)
    return form


def _choose(label: Any, offered: Sequence[tuple[Any, Any]]) -> Any:
    filled = [inputs.Filled(_l("Choose one."))]
    return inputs.ChoiceField(label, offered, required=True, validators=filled)
