"""The plan as tables: one file per subject, every number derived from the instance and the values of decisions."""
