"""What to do with a front: which of its plans to take, which decisions they share, which few stand for all of them."""

from solver.choosing.clusters import Clusters, clusters
from solver.choosing.decisions import Choices, choices, decisions
from solver.choosing.goals import Goals, closest
from solver.choosing.knee import Knee, knee
from solver.choosing.parties import Parties, parties
from solver.choosing.regret import Regret, least_regret
from solver.choosing.representatives import Representatives, representatives
from solver.choosing.suggestions import Suggestion, suggestions
from solver.choosing.topsis import Topsis, topsis

__all__ = [
    "Choices",
    "Clusters",
    "Goals",
    "Knee",
    "Parties",
    "Regret",
    "Representatives",
    "Suggestion",
    "Topsis",
    "choices",
    "closest",
    "clusters",
    "decisions",
    "knee",
    "least_regret",
    "parties",
    "representatives",
    "suggestions",
    "topsis",
]
