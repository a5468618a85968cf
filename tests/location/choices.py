"""All choices of open sites that keep the rules about sites, checked rule by rule without the code of the project."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from formulations.location.access import Access
from formulations.location.question import Question
from formulations.location.rules import Differ


def choices(question: Question, access: Access) -> Iterator[NDArray[np.bool_]]:
    """Open sites, shape (m,), of every choice that is allowed."""
    labels = access.site.labels()
    status = ["candidate"] * len(labels) if access.status is None else access.status.tolist()
    for bits in product((False, True), repeat=len(labels)):
        is_open = dict(zip(labels, bits, strict=True))
        chosen = [label for label, kind in zip(labels, status, strict=True) if is_open[label] and kind != "existing"]
        if any(not is_open[s] for s, kind in zip(labels, status, strict=True) if kind in ("existing", "required")):
            continue
        if any(is_open[s] for s, kind in zip(labels, status, strict=True) if kind == "forbidden"):
            continue
        if not all(is_open[s] for s in question.require) or any(is_open[s] for s in question.forbid):
            continue
        if question.sites_to_choose is not None and len(chosen) != question.sites_to_choose:
            continue
        if question.budget is not None:
            assert access.cost is not None
            if sum(access.cost[labels.index(s)] for s in chosen) > question.budget:
                continue
        if any(sum(not is_open[s] for s in d.sites) < d.by for d in question.differ):
            continue
        yield np.array(bits)


@st.composite
def extra_rules(draw: st.DrawFn, access: Access) -> dict[str, object]:
    """A budget, required and forbidden sites, plans to differ from; often none of them."""
    free = [s for s, kind in zip(access.site.labels(), access.status.tolist(), strict=True) if kind == "candidate"]  # type: ignore[union-attr]
    rules: dict[str, object] = {}
    if draw(st.booleans()):
        rules["budget"] = draw(st.integers(0, 15))
    if draw(st.integers(0, 3)) == 0:
        rules["require"] = (draw(st.sampled_from(free)),)
    elif draw(st.integers(0, 3)) == 0:
        rules["forbid"] = (draw(st.sampled_from(free)),)
    if draw(st.integers(0, 3)) == 0:
        rules["differ"] = (Differ(tuple(draw(st.lists(st.sampled_from(free), min_size=1, max_size=2, unique=True)))),)
    return rules
