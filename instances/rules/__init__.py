"""Rule packs: figures behind shelters and stock, each with its source or marked as an assumption."""
