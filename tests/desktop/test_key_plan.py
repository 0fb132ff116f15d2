import pytest
from hypothesis import given
from hypothesis import strategies as st

from xraydemo.desktop.key_plan import FIXED, Clash, KeyPlan

SHIPPED = {"next": "Down", "invert": "I", "sort": ""}


def plan(taken=frozenset()):
    return KeyPlan(SHIPPED, SHIPPED, taken)


def test_a_free_key_is_given():
    keys = plan()
    assert keys.clash("next", "J") is None
    keys.give("next", "J")
    assert keys.keys["next"] == "J"
    assert keys.is_changed("next")
    keys.restore("next")
    assert keys.keys == SHIPPED


def test_a_key_that_another_has_is_taken_from_it():
    keys = plan()
    assert keys.clash("next", "I") == Clash("I", "invert")
    assert keys.clash("invert", "I") is None
    keys.give("next", "I")
    assert keys.keys == {"next": "I", "invert": "", "sort": ""}
    keys.restore_all()
    assert keys.keys == SHIPPED


def test_the_windows_own_keys_are_not_given_away():
    keys = plan(frozenset({"Alt+F"}))
    for key in ("Tab", "Return", "Alt+F"):
        assert keys.clash("next", key) == Clash(key, "")
        with pytest.raises(ValueError, match="can't be given"):
            keys.give("next", key)


def test_no_key_is_no_clash():
    keys = plan()
    keys.give("next", "")
    keys.give("invert", "")
    assert set(keys.keys.values()) == {""}


@given(st.lists(st.tuples(st.sampled_from(sorted(SHIPPED)), st.sampled_from(["", "A", "B", "I"]))))
def test_whatever_is_done_no_two_commands_have_the_same_key(steps):
    keys = plan()
    for name, key in steps:
        keys.give(name, key)
        given = [key for key in keys.keys.values() if key]
        assert len(given) == len(set(given))
        assert not set(given) & FIXED
