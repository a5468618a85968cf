"""Where the city of a study comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator

from solver.sections import Section

if TYPE_CHECKING:
    from instances.instance import Instance

SHARED = {"extract", "people", "sites"}
"""Options of cases that name files; like all paths in a study they count from the folder of the study."""


class Source(Section):
    """Where the city comes from: a case of the catalog with its options, or an instance on disk."""

    case: str | None = Field(default=None, description="Name of a case: see `refugia cases`.")
    options: dict[str, Any] = Field(default_factory=dict, description="Options of the case: see `refugia cases NAME`.")
    path: str | None = Field(
        default=None, description="Recipe (YAML), or folder or zip file that `refugia build` has written."
    )

    @model_validator(mode="after")
    def _one(self) -> Source:
        if (self.case is None) == (self.path is None):
            raise ValueError("give either case or path")
        if self.path is not None and self.options and not self._is_recipe:
            raise ValueError("options belong to a case or a recipe; an instance on disk has none")
        return self

    @property
    def _is_recipe(self) -> bool:
        return self.path is not None and self.path.endswith((".yaml", ".yml"))

    @property
    def name(self) -> str:
        """The case, or the name of the file."""
        return self.case or Path(self.path or "").stem

    def build(self) -> Instance:
        """The instance.

        Raises
        ------
        InstanceError
            If it cannot be built or read; all faults at once.
        """
        if self._is_recipe:
            from instances.recipe.build import build as follow
            from instances.recipe.opening import open_recipe

            return follow(open_recipe(self.path or "", self.options)).instance
        if self.path is not None:
            from instances.container import load

            return load(self.path)
        from instances.catalog import build

        return build(self.case or "", **self.options)


def source_table(value: Any) -> Any:
    """A mere name is a case of the catalog if there is one, else a path."""
    if not isinstance(value, str):
        return value
    from instances.catalog import cases

    return {"case": value} if value in [c.name for c in cases()] else {"path": value}
