"""What comes of a hook that refuses or fails, as exceptions."""

from __future__ import annotations


class Refusal(Exception):
    """A decide hook refuses on purpose; `text` tells the person why, in their language. It is no failure."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Refused(Exception):
    """A decide hook failed or is not called for now, so nothing was done. The log holds the reference."""

    def __init__(self, reference: str, plugin: str) -> None:
        super().__init__(f"{plugin} could not decide, reference {reference}")
        self.reference = reference
        self.plugin = plugin


class HookFault(Exception):
    """A hook broke a rule of the host; the text names the rule and holds no values."""


class Failed(Exception):
    """A hook gave nothing that can be used: it failed (`error`), or its breaker is open (None).

    `spoiled` says that it ended the transaction around it, so that nothing of the whole action may stand.
    """

    def __init__(self, reference: str, plugin: str, error: BaseException | None, *, spoiled: bool) -> None:
        super().__init__(f"{plugin}, reference {reference}")
        self.reference = reference
        self.plugin = plugin
        self.error = error
        self.spoiled = spoiled
