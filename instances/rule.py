"""What rules of a recipe or a rule pack are made of: strict fields, figures with a basis, texts in two languages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Words = dict[Literal["en", "zh"], Annotated[str, Field(min_length=1)]]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


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
