"""The Pareto explorer: what a front offers, as one page that works offline, or served with live solves."""

from solver.explorer.export import Exported, export_html, show

__all__ = ["Exported", "export_html", "show"]
