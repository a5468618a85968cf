"""Tiny questions and all choices of sites there are, for whatever is to be compared with enumeration."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.question import Question
from formulations.location.siting import Siting


@st.composite
def tiny_access(draw: st.DrawFn, most: int = 6) -> Access:
    """Ties, zero distances, pairs out of reach, empty places; some sites existing or forbidden."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(2, most))
    numbers = st.one_of(st.integers(0, 9), st.just(99))
    d = np.array(draw(st.lists(st.lists(numbers, min_size=m, max_size=m), min_size=n, max_size=n)), float)
    d[d == 99] = np.inf
    d[np.isinf(d).all(axis=1), 0] = 3.0
    w = np.array(draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)), float)
    w[0] = max(w[0], 1.0)
    kinds = st.sampled_from(["candidate", "candidate", "candidate", "existing", "forbidden"])
    status = draw(st.lists(kinds, min_size=m, max_size=m))
    status[0] = "candidate"
    cost = draw(st.lists(st.integers(1, 5), min_size=m, max_size=m))
    return Access.of(w, d, status=status, cost=cost, site=[f"S{j}" for j in range(m)])


def every_plan(question: Question, access: Access) -> dict[frozenset[str], float]:
    """Value of every choice of open sites that keeps all rules, people going to the nearest; by the labels chosen."""
    m = access.site.size
    kept = access.is_status("existing")
    found = {}
    for size in range(m + 1):
        for choice in combinations(range(m), size):
            opened = np.zeros(m, bool)
            opened[list(choice)] = True
            judgement = question.judge(access, Siting.nearest(access, opened))
            if judgement.kept and np.isfinite(judgement.value):
                chosen = frozenset(access.site.label(j) for j in choice if not kept[j])
                found[chosen] = judgement.value
    return found
