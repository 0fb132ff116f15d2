"""A timeline on paper and as a picture."""

from __future__ import annotations

import json

import pikepdf
import pytest
from PIL import Image

from tests.evaluation.shift.test_timeline import run_of
from tests.report.test_pdf import text_of
from xraydemo.errors import XrayDemoError
from xraydemo.evaluation.shift.course import courses
from xraydemo.evaluation.shift.timeline import timeline
from xraydemo.report.course_drawing import draw_courses
from xraydemo.report.drift_pdf import write_drift_pdf, write_drift_png

MONTHS = [f"{2019 + m // 12}-{m % 12 + 1:02d}-05" for m in range(30) for _ in range(20)]
DRIFT = timeline({"before": run_of(), "after <b>": run_of(n_foreign=30, seed=1)})


def test_it_says_what_changed_and_carries_the_numbers(tmp_path):
    file = tmp_path / "drift.pdf"
    write_drift_pdf(file, DRIFT)
    said = " ".join(text_of(file).split())
    assert "Changes against before that are shown: 1" in said
    assert "after <b>: foreign rose from 0.0 % [0.0, 3.7] to 30 % [22, 40]." in said
    assert "Never for care" in said
    with pikepdf.open(file) as pdf:
        assert len(pdf.pages) <= 2
        width, height = (float(side) for side in pdf.pages[0].mediabox[2:])
        assert (round(width), round(height)) == (595, 842)  # A4
        attached = json.loads(pdf.attachments["drift.json"].get_file().read_bytes())
    assert attached == json.loads(json.dumps(DRIFT.to_dict()))


def test_the_same_timeline_gives_the_same_bytes(tmp_path):
    for name in ("a.pdf", "b.pdf"):
        write_drift_pdf(tmp_path / name, DRIFT)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_a_picture_is_as_wide_as_a_page_and_has_a_panel_for_each_course(tmp_path):
    write_drift_png(tmp_path / "drift.png", DRIFT)
    with Image.open(tmp_path / "drift.png") as picture:
        assert picture.width == round(8.3 * 150)
        assert picture.height > 1.7 * 150 * len(courses(DRIFT))


def marks(drawing) -> list[str]:
    return [mark.get_text() for axes in drawing.axes for mark in axes.texts]


def test_changes_are_marked_by_shape():
    assert marks(draw_courses(courses(DRIFT))) == ["▲"]
    back = timeline({"before": run_of(n_foreign=30, seed=1), "after": run_of()})
    assert marks(draw_courses(courses(back))) == ["▼"]


def test_many_months_are_named_every_so_often_and_stay_on_the_page():
    long = timeline({"a": run_of(600, columns={"date": MONTHS})})
    drawing = draw_courses(courses(long))
    names = [label.get_text() for label in drawing.axes[-1].get_xticklabels()]
    assert names[:2] == ["2019-01 (20)", "2019-03 (20)"]
    assert len(names) == 15


def test_a_place_that_can_not_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    for write in (write_drift_pdf, write_drift_png):
        with pytest.raises(XrayDemoError, match="can't be written"):
            write(tmp_path / "file" / "drift", DRIFT)
