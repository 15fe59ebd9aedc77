"""I am away: who acts at my desks meanwhile."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from core.api import Invalid, access, db, short_day
from plugins.fees.absence import absences, be_away, cancel, own_desks, possible_deputies
from plugins.fees.forms import AwayForm
from plugins.fees.views.blueprint import Page, mine


@mine.get("/away")
@access("me")
def away() -> Page:
    """Ask for the days and the deputy."""
    return _page(_form(AwayForm()))


@mine.post("/away")
@access("me")
def go_away() -> Page:
    """Name the deputy."""
    form = _form(AwayForm(request.form))
    if not form.validate():
        return _page(form), 422
    try:
        be_away(g.person.person_id, int(form.deputy.data), form.first.data, form.last.data)
    except Invalid as error:
        _refuse(form, error)
        return _page(form), 422
    flash(_("Claim forms go to the deputy from %(day)s.", day=short_day(form.first.data)))
    return redirect(url_for("fees.queue"))


def _refuse(form: AwayForm, error: Invalid) -> None:
    """Beside its field where it has one here; the desks' rules know others."""
    for name, message in error.errors.items():
        if name == "first":
            form.first.errors = [str(message)]
        else:
            form.form_errors = [*form.form_errors, str(message)]


@mine.post("/away/<int:absence_id>/end")
@access("me")
def end_absence(absence_id: int) -> Page:
    """Back before its time, or not away after all."""
    try:
        begun = cancel(absence_id, g.person.person_id)
    except Invalid:
        abort(404)
    flash(_("Your absence has ended. Forms come to you again.") if begun else _("The absence is cancelled."))
    return redirect(url_for("fees.away"))


def _form(form: AwayForm) -> AwayForm:
    """The form with those who may be named; 404 for somebody who stands at no desk."""
    own = own_desks(db.session(), g.person.person_id)
    if not own:
        abort(404)
    form.offer(possible_deputies(db.session(), g.person.person_id, own))
    return form


def _page(form: AwayForm) -> str:
    return render_template("fees/away.html", form=form, absences=absences(db.session(), g.person.person_id))
