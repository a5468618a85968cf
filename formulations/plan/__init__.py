"""The integrated plan: shelters, stock, corridors and dual use decided together under many hazards."""

from formulations.plan.question import (
    OBJECTIVES,
    CorridorRules,
    IntegratedPlan,
    Promise,
    ShelterRules,
    StockRules,
)

__all__ = ["OBJECTIVES", "CorridorRules", "IntegratedPlan", "Promise", "ShelterRules", "StockRules"]
