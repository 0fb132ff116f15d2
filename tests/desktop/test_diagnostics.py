import logging

import pytest

from xraydemo import __version__, desktop
from xraydemo.desktop.diagnostics import redacted, report, start_log


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("No such file: '/home/x/Jane Doe/1.dcm'", "No such file: '<path>'"),
        ('can\'t read "/data/jane.png" now', 'can\'t read "<path>" now'),
        ("PosixPath('/data/jane.png')", "PosixPath('<path>')"),
        ("read /data/jane.png, /data/b.png", "read <path>, <path>"),
        (r"'C:\\Jane Doe\\1.dcm'", "'<path>'"),
        (r"read C:\jane\1.dcm", "read <path>"),
        ("3/4 of 7 X-rays/s; and/or", "3/4 of 7 X-rays/s; and/or"),
    ],
)
def test_paths_of_the_users_are_taken_out(said, hidden):
    assert redacted(said) == hidden


def test_a_traceback_still_says_where_in_the_program(tmp_path):
    secret = tmp_path / "Jane Doe" / "1.dcm"
    try:
        secret.read_bytes()
    except OSError as error:
        said = report("Ready", error)
    assert "Jane" not in said
    assert "FileNotFoundError" in said
    assert __version__ in said
    assert "Engine: Ready" in said
    assert redacted(f"in {desktop.__file__}") == "in <xraydemo>/desktop/__init__.py"


@pytest.fixture
def logger():
    logger = logging.getLogger("xraydemo")
    before = list(logger.handlers), logger.level
    yield logger
    for handler in set(logger.handlers) - set(before[0]):
        logger.removeHandler(handler)
        handler.close()
    logger.setLevel(before[1])


def test_the_log_holds_no_path_of_the_users(tmp_path, logger):
    path, picture = tmp_path / "log" / "xraydemo.log", tmp_path / "jane.png"
    start_log(path)
    try:
        picture.read_bytes()
    except OSError as error:
        logging.getLogger("xraydemo.desktop").error("A job failed", exc_info=error)
    written = path.read_text()
    assert "A job failed" in written
    assert "FileNotFoundError" in written
    assert "jane" not in written


def test_a_log_that_cannot_be_written_keeps_nobody_from_working(tmp_path, logger):
    (tmp_path / "file").touch()
    assert start_log(tmp_path / "file" / "log") is None
