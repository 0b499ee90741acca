"""What cross-validation found: how well a model and the base label texts that the model has not seen, and whether it is taken over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one training. `base` and `model` are macro-F1 in [0, 1], None where there was too little to measure.

    corrections  that stood, `texts` of them distinct and of use
    noise        how far the gain may be chance: its standard deviation over drawn samples of the texts
    lean         how much the model would count against the base
    taken        whether it counts
    """

    corrections: int
    texts: int
    base: float | None = None
    model: float | None = None
    noise: float = 0.0
    lean: float = 0.0
    taken: bool = False
    reason: str = ""

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        learned = f"with {self.corrections} correction{'' if self.corrections == 1 else 's'}"
        if self.base is None or self.model is None:
            return f"{learned}: {self.reason}; kept as it is"
        measured = f"{learned} ({self.texts} texts of use): {self.model:.3f} against {self.base:.3f} of the base, five folds"
        if self.taken:
            return f"{measured}: taken over, and counts {self.lean:.0%} against the base"
        return f"{measured}: not better than the base beyond chance ({self.noise:.3f}) yet, kept as it is"
