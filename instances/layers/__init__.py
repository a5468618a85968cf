"""Reading what analysts have: vector and raster files, tables, databases, road graphs and OpenStreetMap extracts."""
