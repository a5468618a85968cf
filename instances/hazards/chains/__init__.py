"""What follows an event: fires, slides, services that fail, other hazards that join in."""
