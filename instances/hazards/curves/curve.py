"""One curve as a function, and the curves that are in force."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.hazards.measures import to_unit
from instances.schema import InstanceError

if TYPE_CHECKING:
    from instances.hazards.curves.rule import CurveRule, CurvesRule, SeekingRule, TableRule

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]
SPANS = ("hours", "days", "weeks")


@dataclass(frozen=True, eq=False)
class Curve:
    """What an intensity (in the measure's own unit) does: a chance, a share, a factor or a speed.

    Attributes
    ----------
    form
        lognormal (median, beta), points (at and value), step (from) or polynomial (until, coefficients ...).
    unit
        Size of the curve's unit in the measure's own unit; figures are kept in the unit of their source.
    """

    id: str
    hazard: tuple[str, ...]
    measure: str
    asset: tuple[str, ...]
    classes: tuple[str, ...]
    effect: str
    means: str
    form: str
    figures: tuple[Floats, ...]
    unit: float
    basis: str

    def __call__(self, intensity: Floats) -> Floats:
        """Value at every intensity, same shape."""
        at = np.asarray(intensity, np.float64) / self.unit
        if self.form == "points":
            return np.asarray(np.interp(at, self.figures[0], self.figures[1]), np.float64)
        if self.form == "step":
            # A depth of 300 mm may come as 0.3 m, which is no exact number.
            return np.where(at >= self.figures[0] * (1.0 - 1e-12), 1.0, 0.0)
        if self.form == "polynomial":
            value = np.polynomial.polynomial.polyval(at, self.figures[1])
            return np.where(at >= self.figures[0] * (1.0 - 1e-12), 0.0, np.maximum(value, 0.0))
        from scipy.special import ndtr

        median, beta = self.figures
        with np.errstate(divide="ignore"):
            return np.asarray(ndtr(np.log(at / median) / beta), np.float64)


@dataclass(frozen=True, eq=False)
class Curves:
    """The curves in force, the last fitting one first in rank, and who seeks a place."""

    curves: tuple[Curve, ...]
    seeking: dict[str, tuple[float, float, float]]
    words: dict[str, str]  # basis of the seeking shares, by hazard

    def fitting(self, hazard: str, measure: str, asset: str, effect: str) -> list[Curve]:
        """Curves of one kind, weakest first."""
        return [
            c
            for c in self.curves
            if hazard in c.hazard and c.measure == measure and asset in c.asset and c.effect == effect
        ]

    def known(self, hazard: str, measure: str) -> bool:
        """Whether anything at all is said about the hazard so measured."""
        return any(hazard in c.hazard and c.measure == measure for c in self.curves)

    def chance_and_share(
        self, hazard: str, measure: str, asset: str, effect: str, intensity: Floats, classes: Texts
    ) -> tuple[Floats, Floats]:
        """Chance that all is lost, and share that is lost for sure, per place; the last fitting curve counts."""
        chance, share = np.zeros((2, len(intensity)))
        for curve in self.fitting(hazard, measure, asset, effect):
            here = np.isin(classes, curve.classes) if curve.classes else np.ones(len(intensity), bool)
            value = curve(intensity[here])
            chance[here], share[here] = (value, 0.0) if curve.means == "chance" else (0.0, value)
        return chance, share

    def other(self, hazard: str, measure: str, effect: str, asset: str, intensity: Floats, classes: Texts) -> Floats:
        """Factor or speed per link, NaN where no curve fits."""
        found = np.full(len(intensity), np.nan)
        for curve in self.fitting(hazard, measure, asset, effect):
            here = np.isin(classes, curve.classes) if curve.classes else np.ones(len(intensity), bool)
            found[here] = curve(intensity[here])
        return found

    def used(self, forces: set[tuple[str, str]]) -> list[Curve]:
        """Curves that the (hazard, measure) pairs ask for."""
        return [c for c in self.curves if any(h in c.hazard and m == c.measure for h, m in forces)]


def curves_in_force(rule: CurvesRule, folder: Path) -> Curves:
    """The curves that come along, changed as the rule says.

    Raises
    ------
    InstanceError
        If a chosen curve is unknown, or a file is missing or wrong; all faults at once.
    """
    library, seeking = _library()
    known = {c.id: c for c in library}
    some = ", ".join(list(known)[:8])
    faults = [f"no curve called {c!r}; some are {some}, ..." for c in rule.choose if c not in known]
    rules = [c for c in library if c.default]
    rules += [known[c] for c in rule.choose if c in known]
    seekers = list(seeking)
    if rule.path is not None:
        more, errors = _file(folder / rule.path)
        faults += errors
        if more is not None:
            rules += more.curves
            seekers += more.seeking
    curves = [_curve(r) for r in rules]
    for table in rule.tables:
        curves += _table(table, folder, faults)
    curves += [_curve(r) for r in rule.own]
    if faults:
        raise InstanceError("Curves cannot be used", faults)
    seekers += rule.seeking
    shares = {h: (s.hours, s.days, s.weeks) for s in seekers for h in s.hazard}
    return Curves(tuple(curves), shares, {h: s.basis for s in seekers for h in s.hazard})


def _curve(rule: CurveRule) -> Curve:
    if rule.lognormal is not None:
        form, figures = "lognormal", [[rule.lognormal.median], [rule.lognormal.beta]]
    elif rule.points is not None:
        form, figures = "points", [rule.points.at, rule.points.value]
    elif rule.polynomial is not None:
        form, figures = "polynomial", [[rule.polynomial.until], rule.polynomial.coefficients]
    else:
        form, figures = "step", [[rule.step or 0.0]]
    return Curve(
        rule.id, tuple(rule.hazard), rule.measure, tuple(rule.asset), tuple(rule.classes), rule.effect, rule.means,
        form, tuple(np.array(f, float) for f in figures), to_unit(rule.measure, rule.unit) or 1.0, rule.basis,
    )  # fmt: skip


@cache
def _library() -> tuple[tuple[CurveRule, ...], tuple[SeekingRule, ...]]:
    import yaml

    from instances.hazards.curves.rule import CurveRule, CurvesFile

    here = Path(__file__).parent
    file = CurvesFile.model_validate(yaml.safe_load((here / "curves.yaml").read_text("utf-8")))
    bridges = yaml.safe_load((here / "bridges.yaml").read_text("utf-8"))
    every = []
    for name, medians in bridges["medians"].items():
        for state, median in zip(bridges["states"], medians, strict=True):
            given: dict[str, Any] = {
                "id": f"hazus_{name.lower()}_{state}",
                "hazard": ["earthquake"],
                "measure": "SA1",
                "unit": "g",
                "asset": ["bridge"],
                "effect": "cut",
                "lognormal": {"median": median, "beta": bridges["beta"]},
                "source": bridges["source"],
                "clause": f"{bridges['clause']}; {name}, {state} damage, that it closes the bridge is assumed",
            }
            every.append(CurveRule.model_validate(given | {"default": given["id"] == bridges["default"]}))
    return (*file.curves, *every), tuple(file.seeking)


def _file(path: Path) -> tuple[Any, list[str]]:
    from instances.form import parse, text_of
    from instances.hazards.curves.rule import CurvesFile, ValidationError

    text, fault = text_of(path)
    if text is None:
        return None, [f"{path.name}: {fault}"]
    content, _, faults = parse(text)
    if faults:
        return None, [f"{path.name}: {f}" for f in faults]
    try:
        return CurvesFile.model_validate(content), []
    except ValidationError as error:
        return None, [f"{path.name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]


def _table(rule: TableRule, folder: Path, faults: list[str]) -> list[Curve]:
    """One curve a column: intensities in the first column, shares below the class in the first row."""
    import csv

    where = f"table {rule.path}"
    try:
        with (folder / rule.path).open(encoding="utf-8-sig", newline="") as stream:
            rows = [row for row in csv.reader(stream) if row]
        values = np.array([[float(cell) for cell in row] for row in rows[1:]], float).reshape(len(rows) - 1, -1)
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
        faults.append(f"{where}: cannot be read ({error})")
        return []
    if len(values) < 2 or values.shape[1] != len(rows[0]) or values.shape[1] < 2:
        faults.append(f"{where}: needs a row of classes and at least two rows of values")
        return []
    at, shares = values[:, 0], values[:, 1:] * rule.scale
    if not np.isfinite(values).all() or (np.diff(at) <= 0).any() or at[0] < 0:
        faults.append(f"{where}: intensities must be numbers from 0 up that rise")
    for name, column in zip(rows[0][1:], shares.T, strict=True):
        if not ((column >= 0) & (column <= 1)).all() or (np.diff(column) < 0).any():
            faults.append(f"{where}: column {name!r} must lie between 0 and 1 and never fall")
    unit = to_unit(rule.measure, rule.unit) or 1.0
    made = []
    for asset in rule.asset:
        effect = "lost" if asset == "stock" else "unusable"
        for name, column in zip(rows[0][1:], shares.T, strict=True):
            made.append(
                Curve(f"{rule.path} {name}", tuple(rule.hazard), rule.measure, (asset,), (name.strip(),), effect,
                      "share", "points", (at, column), unit, rule.basis)
            )  # fmt: skip
    return made
