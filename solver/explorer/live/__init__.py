"""New solves while somebody looks at a front: a local page, a queue of wishes, and a process that answers them."""
