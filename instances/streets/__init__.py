"""Streets as a routable graph: read, cleaned, snapped to, named, and tied together by corridors."""
