"""What the register tells about why it keeps something and for how long, and the headings of its pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

PURPOSE = _l("Finding and reaching an expert for a task")
RETENTION = _l("As long as the expert takes part, and then as the law on archives says")
SECTIONS = {"contact": _l("Contact"), "work": _l("Tasks"), "when": _l("Availability")}
