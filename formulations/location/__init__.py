"""The classic questions of location: where to open so that people have a short way."""

from formulations.location.access import Access
from formulations.location.median_center import OBJECTIVES, MedianCenter

__all__ = ["OBJECTIVES", "Access", "MedianCenter"]
