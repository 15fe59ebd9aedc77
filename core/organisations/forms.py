"""Forms of the tree editor and of delegations. The services decide what is right."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import Form, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.widgets import CheckboxInput, ListWidget

from core.database.types import today
from core.organisations.tree import OrganisationNode, Tree
from core.records.choices import organisations
from core.records.inputs import ChoiceField, DayField, Filled

_l: Any = lazy_gettext  # WTForms' types know plain strings only; labels and messages may be lazy


class _Refusable(Form):
    """A form that shows what a service refused beside the fields it names."""

    general_errors: tuple[str, ...] = ()

    def refuse(self, errors: dict[str, Any]) -> None:
        """Put each message at its field; others stand above the form."""
        for key, message in errors.items():
            field: Any = self._fields.get(key)
            if field is None:
                self.general_errors = (*self.general_errors, str(message))
            else:
                field.errors = [*field.errors, str(message)]


def target_form(
    label: Any, nodes: list[OrganisationNode], tree: Tree, sent: Any, *, day: bool = False
) -> Any:
    """Asks for another organisation (`target`), and with `day` for its first day (`first_day`)."""
    chosen = ChoiceField(
        label, organisations(nodes, tree), required=True, validators=[Filled(_l("Choose one."))]
    )
    parts: dict[str, Any] = {"target": chosen}
    if day:
        parts["first_day"] = DayField(
            _l("The successor's first day"), [Filled()], default=today, render_kw={"size": 12}
        )
    return type("TargetForm", (_Refusable,), parts)(sent)


class CloseForm(_Refusable):
    """The last day of use."""

    ended = DayField(
        _l("Last day"), description=_l("Leave it empty if the organisation stays in use."),
        render_kw={"size": 12, "autocomplete": "off"},
    )  # fmt: skip


def delegation_form(nodes: list[OrganisationNode], tree: Tree, permissions: dict[str, Any], sent: Any) -> Any:
    """To whom, what and for which days."""
    parts = {
        "to": ChoiceField(
            _l("To which organisation"), organisations(nodes, tree), required=True,
            validators=[Filled(_l("Choose one."))],
            description=_l("Those with a role in this very organisation may use it."),
        ),
        "permissions": SelectMultipleField(
            _l("What its people may do here"),
            [Filled(_l("Choose what you may do yourself."))],
            choices=[SelectChoice(key, str(label)) for key, label in permissions.items()],
            option_widget=CheckboxInput(),
            widget=ListWidget(prefix_label=False),
            validate_choice=False,
        ),
        "valid_from": DayField(_l("First day"), [Filled()], default=today, render_kw={"size": 12}),
        "valid_to": DayField(
            _l("Last day"), description=_l("Leave it empty if no end is known."), render_kw={"size": 12}
        ),
    }  # fmt: skip
    return type("DelegationForm", (_Refusable,), parts)(sent)
