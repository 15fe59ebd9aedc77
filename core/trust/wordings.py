"""What people consent to, as data: the purposes, and every wording that was ever shown.

A wording that somebody may have read is never edited: a new version is added below it, and consents tell
which they were given to. The controller's lawyer decides about bases and words (docs/decisions.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from core.database.types import Texts


@dataclass(frozen=True)
class Purpose:
    """One thing a person may say yes or no to, apart from the others.

    `wordings` are its versions, the first one 1; the last is shown. `follows` says in plain words what a
    withdrawal leads to. `shown_to`: organisations may be let see the record for it.
    """

    key: str
    label: Any
    follows: Any
    wordings: tuple[Texts, ...]
    shown_to: bool = False

    @property
    def version(self) -> int:
        """The wording that is shown now."""
        return len(self.wordings)

    def text(self, version: int, language: str) -> str:
        """What a version says."""
        return self.wordings[version - 1].get(language)


REGISTER = Purpose(
    "register",
    _l("I am in the register"),
    _l("Nobody sees me in the register any more. I get no new tasks. What I have been paid stays kept."),
    (
        Texts(
            fi="Tietoni saa pitää kokemusasiantuntijoiden rekisterissä. Vastuuorganisaationi näkee ne ja "
            "ottaa minuun yhteyttä tehtävistä. Voin perua suostumuksen milloin vain.",
            sv="Mina uppgifter får finnas i registret över erfarenhetsexperter. Min ansvariga organisation "
            "ser dem och kontaktar mig om uppdrag. Jag kan återkalla samtycket när som helst.",
            en="My details may be kept in the register of experts by experience. My responsible organisation "
            "sees them and contacts me about tasks. I can withdraw this consent at any time.",
        ),
    ),
)
AREAS = Purpose(
    "areas",
    _l("My experience areas may be kept"),
    _l("My experience areas are erased at once. I stay in the register."),
    (
        Texts(
            fi="Kokemusalueeni saa merkitä rekisteriin, jotta minulle löytyy sopivia tehtäviä. Ne voivat "
            "kertoa terveydestäni. Vain koordinaattorit näkevät ne. Voin perua suostumuksen milloin vain.",
            sv="Mina erfarenhetsområden får antecknas i registret, så att lämpliga uppdrag hittas för mig. "
            "De kan berätta om min hälsa. Bara koordinatorer ser dem. Jag kan återkalla samtycket när som "
            "helst.",
            en="My experience areas may be kept in the register, so that suitable tasks are found for me. "
            "They may tell about my health. Only coordinators see them. I can withdraw this consent at any "
            "time.",
        ),
    ),
)
MATCHING = Purpose(
    "matching",
    _l("Other organisations may find me"),
    _l("At once only my responsible organisation sees me. Tasks already agreed go on."),
    (
        Texts(
            fi="Organisaatiot, jotka valitsen, saavat nähdä tietoni, jotta ne löytävät sopivan "
            "kokemusasiantuntijan tehtävään. Voin perua suostumuksen milloin vain.",
            sv="De organisationer som jag väljer får se mina uppgifter för att hitta en lämplig "
            "erfarenhetsexpert för ett uppdrag. Jag kan återkalla samtycket när som helst.",
            en="The organisations I choose may see my details in order to find a suitable expert for a task. "
            "I can withdraw this consent at any time.",
        ),
    ),
    shown_to=True,
)
PUBLICITY = Purpose(
    "publicity",
    _l("My name and picture may be published"),
    _l("Nothing new is published about me. What is printed already cannot be taken back."),
    (
        Texts(
            fi="Nimeni ja kuvani saa julkaista, kun kerrotaan kokemustoiminnasta. Minulta kysytään ensin "
            "joka kerta. Voin perua suostumuksen milloin vain.",
            sv="Mitt namn och min bild får publiceras när man berättar om erfarenhetsverksamheten. Jag "
            "tillfrågas först varje gång. Jag kan återkalla samtycket när som helst.",
            en="My name and picture may be published when experience work is told about. I am asked first "
            "each time. I can withdraw this consent at any time.",
        ),
    ),
)
RESEARCH = Purpose(
    "research",
    _l("Researchers may ask me to take part"),
    _l("Nobody passes on researchers' questions to me any more."),
    (
        Texts(
            fi="Minulle saa välittää kutsuja tutkimuksiin. Tietojani ei anneta tutkijoille. Voin perua "
            "suostumuksen milloin vain.",
            sv="Inbjudningar till forskning får förmedlas till mig. Mina uppgifter ges inte till forskare. "
            "Jag kan återkalla samtycket när som helst.",
            en="Invitations to studies may be passed on to me. My details are not given to researchers. I "
            "can withdraw this consent at any time.",
        ),
    ),
)
PURPOSES = {each.key: each for each in (REGISTER, AREAS, MATCHING, PUBLICITY, RESEARCH)}
CHANNELS = {
    "self": _l("on one's own page"),
    "phone": _l("by phone"),
    "paper": _l("on paper"),
}
