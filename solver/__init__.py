"""How it is answered: solve a program, look at the plan, keep a run.

The names below load their modules on first use, so importing the package costs next to nothing.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solver.certificate import Certificate as Certificate
    from solver.certificate import verify as verify
    from solver.explain import Explanation as Explanation
    from solver.explain import explain as explain
    from solver.fronts.run import FrontRun as FrontRun
    from solver.fronts.run import perform_front as perform_front
    from solver.fronts.store import load_front as load_front
    from solver.locating.locate import locate as locate
    from solver.locating.located import Located as Located
    from solver.pareto.exact import exact_front as exact_front
    from solver.pareto.front import Front as Front
    from solver.plan import NoPlanError as NoPlanError
    from solver.plan import Plan as Plan
    from solver.plan import answer as answer
    from solver.run import Run as Run
    from solver.run import perform as perform
    from solver.solution import Solution as Solution
    from solver.solution import Status as Status
    from solver.solve import solve as solve
    from solver.study import Study as Study
    from solver.study import load_study as load_study

_HOME = {
    "certificate": ("Certificate", "verify"),
    "explain": ("Explanation", "explain"),
    "fronts.run": ("FrontRun", "perform_front"),
    "fronts.store": ("load_front",),
    "locating.locate": ("locate",),
    "locating.located": ("Located",),
    "pareto.exact": ("exact_front",),
    "pareto.front": ("Front",),
    "plan": ("NoPlanError", "Plan", "answer"),
    "run": ("Run", "perform"),
    "solution": ("Solution", "Status"),
    "solve": ("solve",),
    "study": ("Study", "load_study"),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE)


class _Package(ModuleType):
    """Importing the module ``solver.solve`` would put it in the place of the function ``solve``; this keeps it out."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _MODULE and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module 'solver' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"solver.{_MODULE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE})
