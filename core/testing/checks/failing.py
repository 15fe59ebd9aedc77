"""When all its hooks fail, the core's pages go on, and the operator reads which one and why."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from core.database.session import writing
from core.extensions import db
from core.modules.calling.calls import ask, call_observer, decide, render
from core.modules.spec.refusals import Failed, Refused
from core.testing.checks.base import Check, Nothing, told
from core.testing.region import COUNTY, OPERATOR
from core.testing.spying import Implemented, implemented, made_to_fail
from core.testing.world import Reply, World

# Hooks that are not called while somebody waits: at start-up, and by the commands of the demonstration.
NOT_SERVED = ("demo_load", "demo_walk")


class Failing(Check):
    """Hooks that raise."""

    def test_core_pages_go_on_when_its_hooks_fail(self, own_world: World) -> None:
        """Cards say they are unavailable; every page of the core still answers."""
        world, expert_id = own_world, own_world.expert_of(COUNTY)
        before = {reply.what: reply.status for reply in core_pages(world, expert_id)}
        with made_to_fail(world.app, world.plugin):
            replies = core_pages(world, expert_id)
        wrong = [str(reply) for reply in replies if reply.status >= 400 > before[reply.what]]
        assert not wrong, told(wrong, "with failing hooks these no longer answer:")

    def test_the_operator_reads_which_hook_fails(self, own_world: World, nothing: Nothing) -> None:
        """The page names the plugin, the hook and the error, for each hook the plugin implements."""
        world = own_world
        hooks = [hook for hook in implemented(world.app, world.plugin) if _is_served(hook)]
        if not hooks:
            return nothing("it implements no hook that is called while somebody waits")
        with made_to_fail(world.app, world.plugin):
            for hook in hooks:
                call(world, hook)
        page = world.ask(world.who(OPERATOR), "GET", "/operator").body
        missing = [hook.name for hook in hooks if hook.name not in page]
        assert not missing, f"the operator's page does not name {', '.join(missing)}"
        assert "MadeToFail" in page, "the operator's page does not tell the error"
        return None


def _is_served(hook: Implemented) -> bool:
    return hook.kind != "register" and hook.name not in NOT_SERVED


def core_pages(world: World, expert_id: int) -> list[Reply]:
    """The core's pages of an organisation and of a person, and those about the module."""
    admin, expert = world.who("administrator", COUNTY), world.who("expert", COUNTY)
    base = f"/o/{COUNTY}"
    replies = [
        world.ask(admin, "GET", page.address(COUNTY, {}))
        for page in world.core_pages
        if page.access.kind in ("node", "me")
    ]
    more = [
        f"{base}/records/core.expert/{expert_id}/",
        f"{base}/modules/{world.module}/off",
        f"{base}/modules/{world.module}/on",
    ]
    replies += [world.ask(admin, "GET", address) for address in more]
    return [*replies, world.ask(expert, "GET", "/me")]


def call(world: World, hook: Implemented) -> None:
    """Call one hook as the core does, by its kind."""
    values: dict[str, Any] = dict.fromkeys(hook.arguments, 0)
    only: dict[str, Any] = {"modules": (world.module,)}
    with world.app.app_context(), suppress(Failed, Refused):
        if hook.kind == "ask":
            ask(hook.name, **only, **values)
        elif hook.kind == "render":
            render(hook.name, **only, **values)
        elif hook.kind == "decide":
            with writing():
                decide(hook.name, **only, **values)
        elif hook.kind == "observe":
            with writing():
                call_observer(hook.name, world.module, values)
    with world.app.app_context():
        db.session.remove()
