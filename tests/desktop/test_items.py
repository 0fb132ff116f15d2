from pathlib import Path

from xraydemo.desktop.items import Item, folder_labels
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
