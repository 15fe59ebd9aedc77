"""Finnish names in the genitive: Lauri Lumikontion sijainen, Laukaan kunnan palkkioperusteet."""

from __future__ import annotations

import re

# Organisations: by the last word.
_ORGANISATIONS = {
    "kunta": "kunnan",
    "kaupunki": "kaupungin",
    "alue": "alueen",
    "yhtymä": "yhtymän",
    "keskus": "keskuksen",
    "yhdistys": "yhdistyksen",
    "säätiö": "säätiön",
    "liitto": "liiton",
    "yksikkö": "yksikön",
    " ry": " ry:n",
    " oy": " oy:n",
    "palvelut": "palvelujen",
    "opetus": "opetuksen",
    "koulu": "koulun",
    "kirjasto": "kirjaston",
}
# Surnames: words whose stem changes.
_WORDS = {
    "nen": "sen",
    "lampi": "lammen",
    "järvi": "järven",
    "mäki": "mäen",
    "joki": "joen",
    "kivi": "kiven",
    "niemi": "niemen",
    "saari": "saaren",
    "vuori": "vuoren",
    "tähti": "tähden",
    "lahti": "lahden",
    "nummi": "nummen",
    "lehti": "lehden",
    "kukko": "kukon",
    "käpy": "kävyn",
    "niitty": "niityn",
    "hauki": "hauen",
    "tuli": "tulen",
    "koski": "kosken",
    "hanki": "hangen",
    "lumi": "lumen",
    "pelto": "pellon",
    "polku": "polun",
    "puro": "puron",
    "kieli": "kielen",
    "pursi": "purren",
    "kaste": "kasteen",
    "varsi": "varren",
    "tuoli": "tuolin",
    "kello": "kellon",
    "yö": "yön",
    "kumpu": "kummun",
    "keto": "kedon",
    "korpi": "korven",
}
# Consonants of the last syllable that weaken: Pekka, Pekan; Virta, Virran.
_WEAKER = (
    (r"kk(?=[aouyäöei]$)", "k"),
    (r"pp(?=[aouyäöei]$)", "p"),
    (r"tt(?=[aouyäöei]$)", "t"),
    (r"nt(?=[aouyäö]$)", "nn"),
    (r"lt(?=[aouyäö]$)", "ll"),
    (r"rt(?=[aouyäö]$)", "rr"),
    (r"mp(?=[aouyäö]$)", "mm"),
    (r"nk(?=[aouyäö]$)", "ng"),
    (r"ht(?=[aouyäö]$)", "hd"),
    (r"lk(?=[aouä]$)", "l"),
)
_VOWEL = re.compile(r"[aeiouyåäö]$", re.IGNORECASE)


def organisation_genitive(name: str) -> str:
    """An organisation's name as it stands before what it owns; one we cannot bend gets a word before it."""
    for ending, genitive in _ORGANISATIONS.items():
        if name.lower().endswith(ending):
            return name[: -len(ending)] + genitive
    return f"organisaation {name}"


def person_genitive(name: str) -> str:
    """A person's name in the genitive: only the last word bends."""
    for ending, genitive in _WORDS.items():
        if name.lower().endswith(ending):
            return name[: -len(ending)] + genitive
    if not _VOWEL.search(name):
        return f"{name}in" if name else name
    for strong, weak in _WEAKER:
        if re.search(strong, name):
            return re.sub(strong, weak, name) + "n"
    return f"{name}n"
