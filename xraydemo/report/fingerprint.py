"""Numbers that change when what they stand for does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from xraydemo.evaluation.run import Run
from xraydemo.report.words import utf8


def run_fingerprint(run: Run) -> str:
    """Give the SHA-256 of a run: which files with which contents and labels, and each answer.

    Files are meant by their contents and their names in the cohort, not by their place on this
    machine.
    """
    digest = hashlib.sha256()
    for name in ("file", "sha256", "label", "error_type"):
        digest.update(json.dumps([utf8(str(value)) for value in run.rows[name]]).encode())
    answers = np.nan_to_num(run.probabilities, nan=-1.0)  # there are many NaNs, and they differ
    digest.update(answers.astype("<f4").tobytes())
    return digest.hexdigest()


def document_fingerprint(document: Mapping[str, Any]) -> str:
    """Give the SHA-256 of results, whatever the order of their keys."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
