"""Measures of fairness between people: each as rows of a program and as a number, for any question of location."""

from formulations.measures.fairness.deviation import MeanDeviation
from formulations.measures.fairness.difference import MeanDifference
from formulations.measures.fairness.floors import Ceiling, Floor
from formulations.measures.fairness.gini import Gini, GiniOver
from formulations.measures.fairness.largest import Largest
from formulations.measures.fairness.ordered import KWorst, Ordered, Ranked
from formulations.measures.fairness.tail import Tail
from formulations.measures.fairness.zones import LargestGroup, LargestZone, MeanZoneGap

__all__ = [
    "Ceiling",
    "Floor",
    "Gini",
    "GiniOver",
    "KWorst",
    "Largest",
    "LargestGroup",
    "LargestZone",
    "MeanDeviation",
    "MeanDifference",
    "MeanZoneGap",
    "Ordered",
    "Ranked",
    "Tail",
]
