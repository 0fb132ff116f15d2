import os
from pathlib import Path

import pytest

from xraydemo.desktop.items import Item, folder_labels, short_names
from xraydemo.errors import UnreadableImage


def item(judged, **settings):
    return Item(0, Path("/x/one.png"), reading=judged(**settings))


def test_signs_the_weightiest_first(judged):
    torn = item(judged, verdict="foreign", unsure=True)
    torn.label, torn.mark = "normal", "normal"
    assert torn.signs == ("foreign", "unsure", "label", "marked")
    assert item(judged).signs == ()
    assert Item(0, Path("x"), error=UnreadableImage("bad")).signs == ("unreadable",)


def test_a_label_that_agrees_is_no_sign(judged):
    agreed = item(judged, predicted="covid")
    agreed.label = "covid"
    assert agreed.signs == ()


def test_words_follow_what_is_known(judged):
    found = Item(0, Path("/x/One.png"))
    assert "one.png" in found.words
    found.reading = judged(predicted="opacity", verdict="unusual")
    found.changed()
    for word in ("one", "lung opacity", "unusual", "first"):
        assert word in found.words
    assert "foreign" not in found.words


def test_labels_are_the_nearest_folders_that_are_named_after_a_class(tmp_path):
    files = [
        tmp_path / "COVID" / "images" / "1.png",
        tmp_path / "Lung_Opacity" / "2.png",
        tmp_path / "mixed" / "3.png",
    ]
    for file in files:
        file.parent.mkdir(parents=True)
        file.touch()
    assert folder_labels(files, [tmp_path]) == {files[0]: "covid", files[1]: "opacity"}
    # a folder that wasn't opened isn't asked, what was opened is
    assert folder_labels(files[:1], [tmp_path / "COVID" / "images"]) == {}
    assert folder_labels(files[:1], [tmp_path / "COVID"]) == {files[0]: "covid"}


@pytest.mark.parametrize(
    "paths",
    [
        ["/x/a/1.png", "/x/b/1.png", "/x/2.png"],
        ["/x/a/deep/er/1.png", "/x/a/deep/1.png", "/x/ab/1.png"],
        ["/x/only.png"],
        ["/1.png", "/x/1.png"],
        ["1.png", "a/1.png"],
        ["../1.png", "a/../1.png", "/tmp/1.png"],
    ],
)
def test_short_names_are_the_paths_from_the_folder_that_holds_all(paths):
    items = [Item(row, Path(path)) for row, path in enumerate(paths)]
    whole = [item.path.absolute() for item in items]
    above = os.path.commonpath([path.parent for path in whole])
    expected = [path.relative_to(above).as_posix() for path in whole]
    assert short_names(items, items) == expected
    assert short_names(items[:1], items) == expected[:1]


def test_no_files_have_no_short_names():
    assert short_names([], []) == []
