"""The integrated plan: shelters, stock, corridors and dual use decided together under many hazards."""

from formulations.plan.question import IntegratedPlan
from formulations.plan.rules import OBJECTIVES, CorridorRules, Promise, ShelterRules, StockRules

__all__ = ["OBJECTIVES", "CorridorRules", "IntegratedPlan", "Promise", "ShelterRules", "StockRules"]
