"""Where events come from: maps, hazard files of other programs, tables, earthquake sources, declarations."""
