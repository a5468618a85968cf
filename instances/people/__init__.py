"""Who is where: people brought from census units, rasters and buildings to demand points, by group, day and night."""
