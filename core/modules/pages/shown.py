"""What the module page shows of each module: its state, who decided it, what is still to be set up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.routing import BuildError

from core.database.types import today
from core.modules.calling.calls import ask
from core.modules.gating.gate import State, current_gate
from core.modules.host import Condition, host
from core.modules.models import ModuleState
from core.modules.spec.plugin import Plugin
from core.modules.spec.values import SetupStep
from core.modules.switching.open_work import Loss, OpenWork
from core.modules.switching.states import ModuleError, seen_of
from core.organisations.tree import OrganisationNode
from core.users.models import Membership, Person
from core.users.permissions import ROLES, holds

MANAGE = "core.modules.manage"
CATEGORIES: dict[str, Any] = {
    "work": _l("Work"),
    "money": _l("Money"),
    "learning": _l("Learning"),
    "people": _l("People and their support"),
    "other": _l("Other modules"),
}


@dataclass(frozen=True)
class Step:
    """One thing to set up, as the page shows it."""

    label: Any
    done: bool
    url: str


@dataclass(frozen=True)
class ModuleCard:
    """One module at one organisation. `seen` goes along with every button, see `seen_of`."""

    plugin: Plugin
    state: str
    decided_by: OrganisationNode | None
    inherited: bool
    required_by: OrganisationNode | None
    own: State
    changed_at: datetime | None
    changed_by: str | None
    needs: Sequence[Any]
    missing: Sequence[Any]
    steps: Sequence[Step] | None
    fault: Condition | None
    ask_whom: Sequence[str]
    seen: str

    @property
    def done(self) -> int:
        """How many of the steps of setting up are done."""
        return sum(step.done for step in self.steps or ())

    @property
    def next_step(self) -> Step | None:
        """The first step that is not done."""
        return next((step for step in self.steps or () if not step.done), None)


def cards_of(session: Session, node: OrganisationNode) -> list[ModuleCard]:
    """Every healthy module's card at the organisation."""
    rows = _own_rows(session, node.id)
    names = _names(session, [row.changed_by for row in rows.values() if row.changed_by])
    return [_card(session, name, node, rows.get(name), names) for name in host().healthy]


def card_of(session: Session, module: str, node: OrganisationNode) -> ModuleCard:
    """One module's card, or 404."""
    if module not in host().healthy:
        abort(404)
    row = _own_rows(session, node.id).get(module)
    return _card(
        session, module, node, row, _names(session, [row.changed_by] if row and row.changed_by else [])
    )


def by_category(cards: Iterable[ModuleCard]) -> list[tuple[Any, list[ModuleCard]]]:
    """The cards under the words of their categories; no empty category."""
    found = [(word, [c for c in cards if c.plugin.category == key]) for key, word in CATEGORIES.items()]
    return [(word, group) for word, group in found if group]


def _card(
    session: Session, module: str, node: OrganisationNode, row: ModuleState | None, names: dict[int, str]
) -> ModuleCard:
    gate, plugin = current_gate(), host().healthy[module].plugin
    effective = gate.effective(module, node.id)
    by = gate.tree.by_id.get(effective.decided_by) if effective.decided_by else None
    required_by = gate.required_by(module, node.id)
    return ModuleCard(
        plugin=plugin,
        state=effective.state,
        decided_by=by,
        inherited=by is not None and by.id != node.id,
        required_by=gate.tree.by_id[required_by] if required_by else None,
        own=gate.own(module, node.id) or State(None, required=False, blocked=False),
        changed_at=row.changed_at if row else None,
        changed_by=names.get(row.changed_by) if row and row.changed_by else None,
        needs=_labels(plugin.requires),
        missing=_labels(n for n in plugin.requires if not gate.on(n, node.id, start=True)),
        steps=steps_of(module, node.id) if effective.state == "on" else (),
        fault=host().conditions[module] if effective.state == "broken" else None,
        ask_whom=administrators(session, by.id) if by and effective.state == "blocked" else (),
        seen=seen_of(effective, row),
    )


def steps_of(module: str, organisation_id: int) -> list[Step] | None:
    """What the module asks to be set up there before its first use; None when it cannot tell."""
    answers = ask("setup_steps", modules=(module,), organisation_id=organisation_id)
    if not all(answer.known for answer in answers):
        return None
    return [_step(step) for answer in answers for step in answer.value]


def _step(step: SetupStep) -> Step:
    """A step that leads nowhere leads to this very page: a module's slip is no error of the page."""
    try:
        url = url_for(step.endpoint, **step.values)
    except BuildError:
        url = url_for("module_pages.overview")
    return Step(step.label, step.done, url)


def _own_rows(session: Session, organisation_id: int) -> dict[str, ModuleState]:
    rows = session.scalars(select(ModuleState).where(ModuleState.organisation_id == organisation_id))
    return {row.module: row for row in rows}


def _names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    return dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(set(ids)))).all())


def _labels(modules: Iterable[str]) -> list[Any]:
    return [host().healthy[name].plugin.label if name in host().healthy else name for name in modules]


def administrators(session: Session, organisation_id: int) -> list[str]:
    """Names of those who switch modules at the organisation itself, to be asked."""
    last: Any = Membership.valid_to
    wanted = select(Person.name).where(
        Person.id == Membership.person_id,
        Membership.organisation_id == organisation_id,
        Membership.role.in_([role for role in ROLES if holds(role, MANAGE)]),
        Membership.valid_from <= today(),
        or_(last.is_(None), last >= today()),
    )
    return list(dict.fromkeys(session.scalars(wanted.order_by(Person.sort_key, Person.id))))


def blocked_by(session: Session, organisation_id: int | None) -> str:
    """Who has blocked a module, and whom to ask about it."""
    node = current_gate().tree.by_id.get(organisation_id) if organisation_id else None
    people = administrators(session, node.id) if node else []
    name = str(node.name) if node else ""
    whom = ", ".join(people) or _("the support of the service")
    return _("%(organisation)s has blocked this module. Ask: %(people)s", organisation=name, people=whom)


def explain(session: Session, module: str, error: ModuleError) -> str:
    """Why a module could not be changed, and what to do."""
    own, others = str(_labels([module])[0]), [str(label) for label in _labels(error.names)]
    if error.code == "needs":
        return " ".join(needs_first(own, other) for other in others)
    if error.code == "needed":
        return _("%(modules)s needs this module. Switch that off first.", modules=", ".join(others))
    if error.code == "blocked":
        return blocked_by(session, error.organisation_id)
    if error.code == "required":
        node = current_gate().tree.by_id[error.organisation_id or 0]
        return _("%(organisation)s requires this module.", organisation=node.name)
    if error.code == "open":
        return _("Work is open. Start closing first, and block the module when everything is finished.")
    if error.code == "changed":
        return _("Another administrator changed this just now. The page has been updated.")
    return _("The module has a fault and cannot be used now. The rest of the service works.")


def needs_first(module: str, needed: str) -> str:
    """That another module comes first."""
    return _("%(module)s needs the module %(needed)s. Switch that on first.", module=module, needed=needed)


def open_places(found: Iterable[Loss], node: OrganisationNode) -> list[tuple[Any, list[str]]]:
    """Where work is open and what. A foreign controller's sums are not for those above: only that it is."""
    tree, places = current_gate().tree, []
    for loss in found:
        place = tree.by_id[loss.organisation_id]
        own = place.controller_id == node.controller_id
        texts = _open_texts(loss.work) if own else []
        places.append((place.name, texts or [_("Work is open.")]))
    return places


def _open_texts(work: OpenWork) -> list[str]:
    texts = [b.text for b in work.blockers if b.count]
    if work.undelivered > work.given_up:
        texts.append(
            ngettext(
                "%(num)d message of the module is still on its way.",
                "%(num)d messages of the module are still on their way.",
                work.undelivered - work.given_up,
            )
        )
    if work.given_up:
        texts.append(
            ngettext(
                "%(num)d message of the module was not delivered. Ask the operator to try again.",
                "%(num)d messages of the module were not delivered. Ask the operator to try again.",
                work.given_up,
            )
        )
    if work.unknown:
        texts.append(_("The module did not tell whether work is open."))
    return texts
