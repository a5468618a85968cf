"""How plans fare when weights, probabilities or scenarios are other ones than those they were made for."""

from solver.robustness.futures import Futures, futures_of
from solver.robustness.limits import Robustness, bands, robustness
from solver.robustness.measured import measured, weightings
from solver.robustness.recourse import futures_in
from solver.robustness.reference import References, references, referred, settled, unsettled

__all__ = [
    "Futures",
    "References",
    "Robustness",
    "bands",
    "futures_in",
    "futures_of",
    "measured",
    "references",
    "referred",
    "robustness",
    "settled",
    "unsettled",
    "weightings",
]
