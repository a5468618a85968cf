"""p-median and its kin, everybody to the nearest: bounds in closed form, interchange, cuts, one small search tree."""
