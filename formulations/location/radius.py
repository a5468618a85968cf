"""The largest distance that anybody has, without big numbers: one column for each value that it can have.

    longest_l    D_l is the largest distance that anybody has                      binary
    over_l       somebody is farther away than D_l                                 0..1

    radius       sum_l D_l longest_l

    one_longest  sum_l longest_l = 1
    chain        over_l = longest_l+1 + over_l+1
    reach        beyond_ik <= over_l                                               largest D_l below D_i,k+1

``beyond`` is that of :mod:`formulations.location.nearest`. ``over`` need not be declared whole: with whole ``open`` and
``longest`` its least values are 0 or 1.

Source: Elloumi, Labbe and Pochet (2004), "A new formulation and resolution method for the p-center problem", INFORMS
Journal on Computing 16(1), 84-94, DOI 10.1287/ijoc.1030.0028. The rows ``reach`` that tie it to ``beyond`` are ours.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.rings import Rings
from instances.index import Index, Map


def add_radius(program: Program, rings: Rings, beyond: Affine) -> Affine:
    """Variables ``longest`` and ``over`` and their rows; the largest distance as an expression without dimension."""
    lengths = rings.lengths
    length = Index.named("length", [repr(float(v)) for v in lengths])
    exceeded = Index.tuples("exceeded", length=(length, np.arange(len(lengths) - 1)))
    longest = program.binary("longest", length, doc="This is the largest distance that anybody has.")
    over = program.variable("over", exceeded, upper=1.0, doc="Somebody is farther away than this.")
    # largest length below the next ring: whoever goes beyond this ring is farther away than that
    level = np.searchsorted(lengths, rings.outside) - 1
    (tied,) = np.nonzero(level >= 0)
    tie = Index.tuples("tie", inner=(rings.inner, tied), exceeded=(exceeded, level[tied]))
    link = Index.tuples(
        "link",
        lower=(exceeded, np.arange(max(exceeded.size - 1, 0))),
        upper=(exceeded, np.arange(1, max(exceeded.size, 1))),
    )
    program.subject_to(
        one_longest=longest.sum() == 1,
        chain=over
        == longest.at(Map(exceeded, length, np.arange(1, len(lengths)))) + over.at(link["upper"]).sum_by(link["lower"]),
        reach=beyond.at(tie["inner"]) <= over.at(tie["exceeded"]),
    )
    program.describe("one_longest", doc="One distance is the largest.")
    program.describe("chain", doc="Somebody is farther away than this if the largest distance is one of those above.")
    program.describe("reach", doc="Nobody is farther away than the largest distance.")
    return (longest * lengths).sum()
