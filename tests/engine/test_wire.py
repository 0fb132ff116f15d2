from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from xraydemo.engine import wire

PLAIN = st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=8))
ARRAYS = st.dictionaries(
    st.text(max_size=8),
    arrays(st.sampled_from([np.float16, np.float32, np.uint8]), array_shapes(max_dims=3)),
    max_size=3,
)


@given(header=PLAIN, sent=ARRAYS)
def test_what_is_sent_is_received(header, sent) -> None:
    stream = io.BytesIO()
    wire.send(stream, header, sent)
    stream.seek(0)
    received = wire.receive(stream)
    assert received is not None
    assert received[0] == header
    assert received[1].keys() == sent.keys()
    for name, array in sent.items():
        assert received[1][name].dtype == array.dtype
        np.testing.assert_array_equal(received[1][name], array)
    assert wire.receive(stream) is None


def test_file_names_that_are_no_utf8_survive() -> None:
    stream = io.BytesIO()
    wire.send(stream, {"path": "scan\udcff.dcm"})
    stream.seek(0)
    assert wire.receive(stream) == ({"path": "scan\udcff.dcm"}, {})


@pytest.mark.parametrize("kept", [0, 2, 4, 20, -1])
def test_a_message_that_breaks_off_is_the_end(kept) -> None:
    stream = io.BytesIO()
    wire.send(stream, {"id": 1}, {"maps": np.zeros((4, 7, 7), np.float16)})
    assert wire.receive(io.BytesIO(stream.getvalue()[:kept])) is None


def test_no_pickles() -> None:
    with pytest.raises(TypeError):
        wire.send(io.BytesIO(), {"code": object()})
