"""What the demonstration tells of its forty experts, by name. Every one of them is invented."""

from __future__ import annotations

ASSOCIATION = "kokemustalo"
# By home municipality: trained ones, unless their title is given below.
HOMES = {
    "Jyväskylä": (
        "Aino Aamutähti", "Veikko Vihreäkivi", "Tuula Tuulikello", "Pekka Pilvenlaita", "Elli Elohopea",
        "Onni Ohrapelto", "Hannele Harmaalumi", "Siiri Saniaispuro", "Eino Etelätuuli", "Helmi Hallayö",
        "Martti Mäntykäpy", "Saima Satakieli", "Bengt Blåbärsstig", "Linnéa Ljungbacke",
    ),
    "Laukaa": (
        "Kaisu Kastehelmi", "Iida Ilmapuntari", "Ville Vesiportti", "Jalmari Jäälyhty", "Reino Revontuli",
        "Vieno Villahattu",
    ),
    "Äänekoski": ("Mika Marjapolku", "Noora Niittykello", "Oiva Orvokkila", "Meeri Mustikkapiha"),
    "Muurame": ("Sari Sinilanka", "Urho Usvalahti", "Antero Aurinkokaivo"),
    "Jämsä": ("Rauha Rantakaisla", "Lyyli Lumikello", "Kauko Kaukometsä"),
    "Saarijärvi": ("Lempi Lehtikulta", "Ester Erämaalampi"),
    "Viitasaari": ("Toivo Tähtipolku", "Paavo Pakkaspelto"),
    "Keuruu": ("Hilkka Hiirenvirna", "Taisto Tuomenkukka"),
    "Hankasalmi": ("Impi Iltarusko",),
    "Joutsa": ("Unto Untuvainen",),
    "Pihtipudas": ("Selma Sorsanpolku",),
    "Petäjävesi": ("Jorma Juurikannel",),
}  # fmt: skip
TITLES = {
    "Hannele Harmaalumi": "actor",
    "Jalmari Jäälyhty": "actor",
    "Lempi Lehtikulta": "actor",
    "Toivo Tähtipolku": "peer",
    "Mika Marjapolku": "expert",
    "Rauha Rantakaisla": "expert",
}
WITHOUT_EMAIL = frozenset({"Impi Iltarusko", "Unto Untuvainen", "Jorma Juurikannel"})
# The main experience area, by the code of the table of areas.
THEMES = {
    "depression": (
        "Aino Aamutähti", "Tuula Tuulikello", "Elli Elohopea", "Siiri Saniaispuro", "Kaisu Kastehelmi",
        "Iida Ilmapuntari", "Noora Niittykello", "Rauha Rantakaisla", "Lempi Lehtikulta",
    ),
    "substances": (
        "Veikko Vihreäkivi", "Pekka Pilvenlaita", "Onni Ohrapelto", "Reino Revontuli", "Oiva Orvokkila",
        "Toivo Tähtipolku",
    ),
    "illness": (
        "Sari Sinilanka", "Hannele Harmaalumi", "Jalmari Jäälyhty", "Vieno Villahattu", "Ester Erämaalampi",
        "Unto Untuvainen",
    ),
    "parenting": ("Saima Satakieli", "Helmi Hallayö", "Meeri Mustikkapiha", "Hilkka Hiirenvirna"),
    "psychosis": ("Eino Etelätuuli", "Kauko Kaukometsä", "Paavo Pakkaspelto"),
    "disability": ("Urho Usvalahti", "Martti Mäntykäpy", "Impi Iltarusko"),
    "neurodiversity": ("Ville Vesiportti", "Linnéa Ljungbacke", "Taisto Tuomenkukka"),
    "eating": ("Lyyli Lumikello", "Selma Sorsanpolku"),
    "grief": ("Antero Aurinkokaivo", "Jorma Juurikannel"),
    "housing": ("Mika Marjapolku",),
    "migration": ("Bengt Blåbärsstig",),
}  # fmt: skip
SECOND_THEME = "school"
WITH_SECOND_THEME = frozenset({
    "Iida Ilmapuntari", "Ville Vesiportti", "Elli Elohopea", "Linnéa Ljungbacke", "Noora Niittykello",
    "Onni Ohrapelto",
})  # fmt: skip
VIEWPOINTS = {
    "kin": (
        "Hilkka Hiirenvirna", "Ester Erämaalampi", "Lempi Lehtikulta", "Meeri Mustikkapiha",
        "Antero Aurinkokaivo", "Kaisu Kastehelmi",
    ),
    "both": (
        "Tuula Tuulikello", "Hannele Harmaalumi", "Helmi Hallayö", "Jorma Juurikannel", "Selma Sorsanpolku",
    ),
}  # fmt: skip
# Whom the spring course ended early for, and who completed it; the other trained ones are of earlier years.
SPRING_ENDED = frozenset({"Mika Marjapolku", "Rauha Rantakaisla"})
SPRING = frozenset({
    "Elli Elohopea", "Onni Ohrapelto", "Iida Ilmapuntari", "Ville Vesiportti", "Noora Niittykello",
    "Urho Usvalahti",
})  # fmt: skip
MENTORS = frozenset({"Aino Aamutähti", "Tuula Tuulikello", "Pekka Pilvenlaita", "Kaisu Kastehelmi"})
FURTHER = MENTORS | {
    "Veikko Vihreäkivi", "Sari Sinilanka", "Siiri Saniaispuro", "Eino Etelätuuli", "Reino Revontuli",
}  # fmt: skip
IN_SWEDISH = frozenset({"Bengt Blåbärsstig", "Linnéa Ljungbacke"})
SPEAKING = {
    "sv": IN_SWEDISH | {"Saima Satakieli", "Hannele Harmaalumi"},
    "en": frozenset({
        "Iida Ilmapuntari", "Ville Vesiportti", "Noora Niittykello", "Urho Usvalahti", "Bengt Blåbärsstig",
        "Martti Mäntykäpy",
    }),
    "sign": frozenset({"Impi Iltarusko"}),
}  # fmt: skip
WITH_CAR = frozenset({"Veikko Vihreäkivi", "Sari Sinilanka", "Kaisu Kastehelmi", "Antero Aurinkokaivo"})
# Own limits in cents: a month's, a year's.
LIMITS = {
    "Eino Etelätuuli": (30000, None),
    "Vieno Villahattu": (None, 150000),
    "Taisto Tuomenkukka": (20000, None),
    "Lyyli Lumikello": (50000, 400000),
    "Jorma Juurikannel": (None, 100000),
}
WITHOUT_FEES = frozenset({"Toivo Tähtipolku", "Unto Untuvainen"})
# Who has not said for over a year that the details are right.
STALE = frozenset({"Reino Revontuli", "Selma Sorsanpolku", "Kauko Kaukometsä"})
