"""Ways through the road graph and how long they take, in every scenario."""
