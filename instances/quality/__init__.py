"""What an instance holds, and what a planner should know before trusting a plan made from it."""

from instances.quality.report import Quality, quality, unusable
from instances.quality.section import Section

__all__ = ["Quality", "Section", "quality", "unusable"]
