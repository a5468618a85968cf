"""What rules of a recipe or a rule pack are made of: strict fields, figures with a basis, texts in two languages."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, model_validator

Words = dict[Literal["en", "zh"], Annotated[str, Field(min_length=1)]]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def told_apart(otherwise: str, *names: str) -> Discriminator:
    """Which of several tables an entry is: tagged ``=name`` by the first of ``names`` among its keys.

    The tags appear in the places pydantic names for faults; no name of a form begins with "=".
    """

    def which(given: Any) -> str:
        keys = given if isinstance(given, dict) else getattr(type(given), "model_fields", ())
        return next((f"={name}" for name in names if name in keys), f"={otherwise}")

    return Discriminator(which)


class Strict(BaseModel):
    """Unknown keys are faults, numbers are never read from text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Grounded(Strict):
    """Says where its figures come from: a source with its clause, or an assumption in a sentence."""

    source: str | None = None
    clause: str | None = None
    assumption: Annotated[str, Field(min_length=10)] | None = None

    @model_validator(mode="after")
    def _one_basis(self) -> Grounded:
        if (self.source is None) == (self.assumption is None):
            raise ValueError("give either a source with its clause, or an assumption in a sentence")
        if (self.source is None) != (self.clause is None):
            raise ValueError("a source and its clause belong together")
        return self

    @property
    def basis(self) -> str:
        """Where the figures come from, in words."""
        return f"{self.source}; {self.clause}" if self.source is not None else f"assumed: {self.assumption}"
