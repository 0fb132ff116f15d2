"""A labelled table of X-rays to train on, in which nothing may be wrong."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from xraydemo.cohort.cohort import read_cohort
from xraydemo.errors import BadCohort


def read_table(csv: Path) -> pd.DataFrame:
    """Read a cohort from a CSV with the columns `file`, `label` and any others.

    Parameters
    ----------
    csv : Path
        Paths in its `file` column are relative to its folder.

    Returns
    -------
    pandas.DataFrame
        `file`, `path` (absolute, as Path), `label` (a class), `group` if any is known (a row of
        unknown group is a group of its own), and the other columns as text ("" is unknown). Of rows
        with the same file and label only the first is there.

    Raises
    ------
    BadCohort
        If the table can't be read, a row has no label, or anything else is wrong with a row (see
        `read_cohort`); the message names the line.
    """
    cohort = read_cohort(csv)
    problems = [problem for problem in cohort.problems if problem.kind != "doubled"]
    if problems:
        first, count = problems[0], len(problems)
        more = f" ({count} rows are wrong, this is the first)" if count > 1 else ""
        raise BadCohort(f"{first.where}: {first.message}{more}", first.hint)
    unlabelled = cohort.table.index[cohort.table["label"] == ""]
    if len(unlabelled):
        file = cohort.table.loc[unlabelled[0], "file"]
        hint = f"{len(unlabelled)} of {len(cohort.table)} rows lack one in the column `label`"
        raise BadCohort(f"{csv}: {file} has no label", hint)

    table = cohort.table.drop(columns=["given_label", "problem"])
    table["path"] = table["path"].map(Path)
    if not cohort.grouping:
        return table.drop(columns="group")
    table["group"] = table["group"].where(table["group"] != "", table["file"])
    return table
