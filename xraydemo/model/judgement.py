"""What is said of one reading besides its probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from xraydemo.classes import DISPLAY_NAMES
from xraydemo.model.doubt import DoubtAnswer
from xraydemo.model.foreignness import ForeignnessAnswer
from xraydemo.model.triage import Priority


@dataclass(frozen=True)
class Judgement:
    """Whether a reading should be believed.

    Attributes
    ----------
    set : tuple of str
        Class ids that can't be excluded, the most likely first; never empty.
    doubt : DoubtAnswer
    foreignness : ForeignnessAnswer, optional
        None for a bundle without its dossier: there is nothing to compare with.
    priority : Priority
    """

    set: tuple[str, ...]
    doubt: DoubtAnswer
    foreignness: ForeignnessAnswer | None
    priority: Priority

    @property
    def reservations(self) -> tuple[str, ...]:
        """What speaks against believing the answer, in words; empty where nothing does."""
        said = []
        if self.foreignness is None:
            said.append("not compared with the training set: the bundle has no dossier")
        elif self.foreignness.verdict != "inside":
            said.append(f"{self.foreignness.verdict}: {self.foreignness.reason}")
        if self.doubt.verdict == "unsure":
            said.append("unsure")
        # the promise of the set holds for X-rays like those of the training set, and no other
        is_foreign = self.foreignness is not None and self.foreignness.verdict == "foreign"
        if len(self.set) > 1 and not is_foreign:
            said.append("could be " + " or ".join(DISPLAY_NAMES[c] for c in self.set))
        return tuple(said)

    def as_plain(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return {
            "set": list(self.set),
            "doubt": self.doubt._asdict(),
            "foreignness": self.foreignness._asdict() if self.foreignness else None,
            "priority": self.priority._asdict(),
        }

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Make it again from what `as_plain` gave."""
        foreign = plain["foreignness"]
        return cls(
            set=tuple(plain["set"]),
            doubt=DoubtAnswer(**plain["doubt"]),
            foreignness=ForeignnessAnswer(**foreign) if foreign else None,
            priority=Priority(**plain["priority"]),
        )
