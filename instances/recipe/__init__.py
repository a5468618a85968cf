"""Recipes: from layers and rules to an instance, in steps that are run again only where something has changed.

``format`` is what a recipe may say. ``signature`` and ``rows`` tell contents apart by digest, ``codec`` and ``store``
keep results of steps, ``runner`` runs them, ``record`` is what stays with the instance, and ``difference`` says what
changed between two builds.
"""
