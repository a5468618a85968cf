"""Arrays as text: whatever goes in comes out, and standard tools read it too."""

from __future__ import annotations

import base64
import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from solver.explorer.blocks import DTYPES, block, unblock, whole

WHOLE = [d for d in DTYPES if d[0] != "f"]


@given(st.data())
def test_whole_numbers_come_back_with_and_without_differences(data: st.DataObject) -> None:
    dtype = data.draw(st.sampled_from(WHOLE))
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=40))
    values = data.draw(hnp.arrays(np.dtype(dtype), shape))
    for delta in (False, True):
        told = block(values, dtype, delta=delta)
        assert np.array_equal(unblock(told), values) and told["shape"] == list(shape)


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=30)))
def test_fractions_come_back_to_the_bit_also_where_they_are_no_numbers(values: np.ndarray) -> None:
    assert unblock(block(values, "f8")).tobytes() == values.tobytes()


def test_sorted_bytes_are_those_of_a_transposed_view_and_gzip_reads_them() -> None:
    values = np.arange(1000, dtype="<u2")
    told = block(values, "u2")
    raw = gzip.decompress(base64.b64decode(told["data"]))
    assert told["shuffle"] and raw == values.view(np.uint8).reshape(-1, 2).T.tobytes()


def test_equal_arrays_give_equal_text_whenever_they_are_packed() -> None:
    values = np.arange(5000)
    assert block(values, "u4") == block(values.copy(), "u4")
    assert b"\0\0\0\0" == base64.b64decode(block(values, "u4")["data"])[4:8], "no time of making in the gzip head"


@pytest.mark.parametrize(
    ("values", "dtype", "delta", "said"),
    [
        ([256], "u1", False, "do not fit u1"),
        ([-1], "u2", False, "do not fit u2"),
        ([0.5], "i4", False, "do not fit i4"),
        ([1.0], "f8", True, "would lose digits"),
        ([1], "i8", False, "is none of u1"),
    ],
)
def test_what_would_lose_something_is_refused(values: list[float], dtype: str, delta: bool, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        block(np.array(values), dtype, delta=delta)


@pytest.mark.parametrize(
    ("values", "dtype"), [([], "u1"), ([255], "u1"), ([256], "u2"), ([65536], "u4"), ([-1, 3], "i4")]
)
def test_the_smallest_type_that_holds_all_is_taken(values: list[int], dtype: str) -> None:
    assert whole(np.array(values, np.int64)) == dtype
