"""How the contact persons of an organisation look, on its page."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l

from core.extensions import db
from core.organisations.contacts import services
from core.organisations.contacts.models import OrganisationContact
from core.records.description import Field, Kept, Record

PURPOSE = _l("Reaching the organisation in what it orders, decides or hosts")
RETENTION = _l("Until the person is no longer the contact, and two years after that")


def names(contact_ids: Collection[int]) -> dict[int, str]:
    """What contact persons are called."""
    return services.names_of_contacts(db.session(), contact_ids)


CONTACTS = Record(
    key=services.RECORD,
    label=_l("Contact person"),
    plural=_l("Contact persons"),
    model=OrganisationContact,
    read="core.organisations.view",
    write="core.organisations.manage",
    create=services.create_contact,
    update=services.update_contact,
    remove=services.remove_contact,
    remove_text=_l("If somebody else takes over, write the last day instead: then the past stays known."),
    parent="organisation_id",
    subject="person_id",
    order="valid_from",
    kept=Kept("valid_to", years=2),
    fields=(
        Field(key="who", label=_l("Contact person"), column="id", names=names, in_form=False, personal=True,
              purpose=PURPOSE, retention=RETENTION),
        Field(key="person_id", label=_l("Person"), type="person", in_list=False, in_detail=False,
              help=_l("Somebody with a role here. If there is nobody, write the name below."),
              purpose=PURPOSE, retention=RETENTION),
        Field(key="name", label=_l("Name"), in_list=False, in_detail=False, personal=True,
              purpose=PURPOSE, retention=RETENTION),
        Field(key="task", label=_l("Task"), help=_l("For example: orders of Juttupenkki.")),
        Field(key="phone", label=_l("Phone"), type="phone", purpose=PURPOSE, retention=RETENTION),
        Field(key="email", label=_l("E-mail"), type="email", purpose=PURPOSE, retention=RETENTION),
        Field(key="valid_from", label=_l("First day"), type="date", required=True),
        Field(key="valid_to", label=_l("Last day"), type="date"),
    ),
)  # fmt: skip
