"""Which command has which key, while the reader changes that: no two have the same. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FIXED = frozenset({"Tab", "Backtab", "Shift+Tab", "Return", "Enter"})
"""Keys that go from field to field and press buttons; whoever has no mouse needs them."""


@dataclass(frozen=True)
class Clash:
    """Why a key can't be had.

    Parameters
    ----------
    key : str
    owner : str
        Name of the command that has it; empty where it belongs to no command, but to the window.
    """

    key: str
    owner: str


class KeyPlan:
    """Keys by the names of their commands.

    Parameters
    ----------
    keys : mapping of str to str
        As they are now; empty for no key.
    shipped : mapping of str to str
        As they were before anybody changed them; its commands are those of `keys`.
    taken : iterable of str
        Keys that the window itself needs, beside `FIXED`: those that open its menus.
    """

    def __init__(
        self, keys: Mapping[str, str], shipped: Mapping[str, str], taken: frozenset[str]
    ) -> None:
        self.keys = dict(keys)
        self._shipped = dict(shipped)
        self._taken = FIXED | taken

    def clash(self, name: str, key: str) -> Clash | None:
        """Tell what speaks against giving a command this key; None for nothing."""
        if not key:
            return None
        if key in self._taken:
            return Clash(key, "")
        owner = next((o for o, k in self.keys.items() if k == key and o != name), None)
        return Clash(key, owner) if owner else None

    def give(self, name: str, key: str) -> None:
        """Give a command this key, and take it from the one that had it.

        Raises
        ------
        ValueError
            If the key belongs to the window itself.
        """
        clash = self.clash(name, key)
        if clash and not clash.owner:
            raise ValueError(f"{key} can't be given away")
        if clash:
            self.keys[clash.owner] = ""
        self.keys[name] = key

    def restore(self, name: str) -> None:
        """Give a command its shipped key back, and take it from the one that has it."""
        self.give(name, self._shipped[name])

    def restore_all(self) -> None:
        """Give every command its shipped key back."""
        self.keys = dict(self._shipped)

    def is_changed(self, name: str) -> bool:
        """Whether a command's key is not the shipped one."""
        return self.keys[name] != self._shipped[name]
