from __future__ import annotations

import pytest

from xraydemo.classes import CLASSES
from xraydemo.model.method_map import METHODS, asked_map, is_asked_map, what_is_asked


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("class_id", CLASSES)
def test_a_name_says_what_is_asked(method, class_id) -> None:
    asked = asked_map(method, class_id)
    assert is_asked_map(asked)
    assert what_is_asked(asked) == (method, class_id)


@pytest.mark.parametrize("want", ["maps", "unlike"])
def test_other_words_of_a_request_are_no_maps(want) -> None:
    assert not is_asked_map(want)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        what_is_asked("magic/covid")
