"""Answers to the questions of location: an algorithm for each where the plain program is slow, one kind of answer."""
