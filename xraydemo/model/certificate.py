"""What was asked of a training before its network is believed: its birth certificate."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Verdict = Literal["passed", "failed", "not asked"]


class Answer(BaseModel):
    """One question to a training.

    Attributes
    ----------
    asked : str
        What must hold.
    found : str
        What was seen, in words and numbers; for what was not asked, why.
    verdict : {"passed", "failed", "not asked"}
    figures : dict
        The numbers, for programs, as JSON has them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    asked: str
    found: str
    verdict: Verdict
    figures: dict[str, Any] = {}


class Certificate(BaseModel):
    """The birth certificate of a bundle; kept in its card. It holds no picture.

    Attributes
    ----------
    one_batch : Answer
        Whether a fresh network learns a few X-rays by heart.
    input : Answer
        Whether the tensor before the forward pass is what it should be.
    shuffled : Answer
        Whether nothing is learnt where there is nothing to learn.
    baseline : Answer
        Whether it is better than something stupid.
    curves : Answer
        Whether the losses fell.
    ceiling : Answer
        Whether the minutes were kept to.
    search : Answer
        Among how many settings it was chosen.
    decomposition : Answer
        Where the error comes from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    one_batch: Answer
    input: Answer
    shuffled: Answer
    baseline: Answer
    curves: Answer
    ceiling: Answer
    search: Answer
    decomposition: Answer

    def answers(self) -> dict[str, Answer]:
        """Give the answers by name, in the order above."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    def __str__(self) -> str:
        """Say how many were passed, and which were not."""
        named: dict[Verdict, list[str]] = {"passed": [], "failed": [], "not asked": []}
        for name, answer in self.answers().items():
            named[answer.verdict].append(name.replace("_", " "))
        said = f"passed {len(named['passed'])} of {len(self.answers())}"
        for verdict in ("failed", "not asked"):
            if named[verdict]:
                said += f", {verdict}: {', '.join(named[verdict])}"
        return said
