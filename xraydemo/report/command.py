"""The command that makes an evaluation again, from what its results tell."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from xraydemo.evaluation.check import all_checks
from xraydemo.evaluation.thresholds import load_thresholds
from xraydemo.report.anonymous import ONE


def command_of(document: Mapping[str, Any]) -> str:
    """Give the command, without the folders of the machine on which it was given.

    Parameters
    ----------
    document : mapping
        What `results_json` gives.

    Returns
    -------
    str
        Words in capitals stand for what the results don't hold.
    """
    cohort, given = document["cohort"], document["given"]
    name, *where = ["FILE"] if cohort["name"] == ONE else cohort["name"].split(", ")
    words = ["xraydemo", "evaluate", name, "--out", "DIR", "--model", document["bundle"]["name"]]
    for condition in where:
        words += ["--where", condition]
    for own, ours in cohort["mapping"].items():
        if own != ours and ours:
            words += ["--map", f"{own}={ours}"]
    words += ["--seed", str(document["seed"])]
    edited = edited_settings(document["thresholds"])
    prevalence = edited.get("performance.triage", {}).pop("prevalence", None)
    if prevalence is not None:
        words += ["--prevalence", str(document["thresholds"]["performance.triage"]["prevalence"])]
    if edited.get("performance.scenarios", {}).pop("file", None) is not None:
        words += ["--scenarios", str(document["thresholds"]["performance.scenarios"]["file"])]
    if any(edited.values()):
        words += ["--thresholds", "FILE"]
    asked = [check["id"] for check in document["checks"]]
    if not set(all_checks()) <= set(asked):
        words += ["--checks", ",".join(asked)]
    if given["reference"]:
        words += ["--reference", "RUN_OR_COHORT"]
    for kind in given["ood"]:
        words += ["--ood", f"{kind}=FOLDER"]
    words += ["--pairs", "DIR_A", "DIR_B"] if given["pairs"] else []
    words += ["--boxes", "CSV"] if given["boxes"] else []
    return shlex.join([*words, "--pdf"])


def edited_settings(thresholds: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """List the settings that aren't the shipped ones: the shipped value by section and name."""
    shipped = load_thresholds()
    edited: dict[str, dict[str, Any]] = {}
    for section, settings in thresholds.items():
        for name, value in settings.items():
            if section in shipped and shipped[section].get(name) != value:
                edited.setdefault(section, {})[name] = shipped[section].get(name)
    return edited
