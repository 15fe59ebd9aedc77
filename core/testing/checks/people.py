"""What a plugin owes to people whose data it keeps: their copy of it, and its erasure."""

from __future__ import annotations

from flask_babel import force_locale

from core.database.session import writing
from core.modules.calling.calls import ask, decide
from core.modules.calling.listeners import hook_named
from core.modules.host import host
from core.testing.arguments import own_tables, stored
from core.testing.checks.base import Check, Nothing
from core.testing.checks.facts import personal
from core.testing.region import COUNTY
from core.testing.world import World
from core.trust.own_scope import standing_as

HOOKS = ("subject_data", "subject_erasure", "erase_subject")
ASKED = ("subject_data", "subject_erasure")


class People(Check):
    """Rows about people."""

    def test_it_answers_for_the_people_it_keeps_rows_about(self, world: World, nothing: Nothing) -> None:
        """Three hooks for tables or records about people; asked about somebody with rows, they answer."""
        if not self._about_people(world):
            return nothing("nothing it keeps is about people")
        person_id = world.region.person("expert", COUNTY)
        with world.app.test_request_context(), force_locale("fi"):
            missing = [hook for hook in HOOKS if hook_named(hook).of(world.module) is None]
            assert not missing, f"it keeps rows about people, so implement {', '.join(missing)}"
            with standing_as(person_id):
                answers = [ask(hook, modules=(world.module,), person_id=person_id) for hook in ASKED]
            silent = [hook for hook, found in zip(ASKED, answers, strict=True) if not found[0].known]
        assert not silent, f"these fail when asked about somebody: {', '.join(silent)}"
        return None

    def test_what_stood_about_somebody_is_gone_when_they_are_erased(
        self, own_world: World, nothing: Nothing
    ) -> None:
        """The planted words stand in no column of its tables afterwards but those of `kept_words`."""
        world = own_world
        if not self._about_people(world):
            return nothing("nothing it keeps is about people")
        if self.terms.plant is None:
            return nothing("its author plants no rows about somebody")
        person_id, word = world.region.person("expert", COUNTY), self._word(world)
        before = columns_with(world, word)
        assert before, f"{word} stands in none of its tables: let `plant` write rows about the person"
        if self.terms.finish is not None:
            with world.looking():
                self.terms.finish(world.at[COUNTY])
        with world.app.test_request_context(), force_locale("fi"), standing_as(person_id), writing():
            decide("erase_subject", modules=(world.module,), person_id=person_id)
        left = sorted(columns_with(world, word) - set(self.terms.kept_words))
        assert not left, f"after the erasure {word} still stands in {', '.join(left)}"
        return None

    def _word(self, world: World) -> str:
        """A word of the person's rows in the county alone, planted anew."""
        assert self.terms.plant is not None  # asked by the caller
        with world.looking():
            return self.terms.plant(world.at[COUNTY], world.region.person("expert", COUNTY))

    def _about_people(self, world: World) -> bool:
        """Columns about people that are not excepted, or a record that names its subject."""
        columns = (
            f"{table.name}.{column.name}"
            for table in own_tables(world.module)
            for column in table.c
            if personal(column)
        )
        with world.app.app_context():
            records = host().healthy[world.module].records
        return any(name not in self.terms.not_people for name in columns) or any(r.subject for r in records)


def columns_with(world: World, word: str) -> set[str]:
    """Columns of the module's tables, as "table.column", in which the word stands."""
    names = {table.name: [column.name for column in table.c] for table in own_tables(world.module)}
    return {
        f"{table}.{column}"
        for table, rows in stored(world).items()
        for row in rows
        for column, value in zip(names[table], row, strict=True)
        if word in str(value)
    }
