"""The dossier of one alternative: all that has to be known before it is decided upon, on paper."""

from solver.dossier.dossier import Dossier, dossier, write_dossier

__all__ = ["Dossier", "dossier", "write_dossier"]
