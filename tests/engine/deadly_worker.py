"""Speaks like the worker, and does as the file's name says: ``die...`` kills it,
``stuck`` keeps it for ever.

Run by the tests of the client in the worker's place. ``die-once`` leaves a mark beside itself and
kills only while there is none.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from xraydemo.engine import wire

answers = sys.stdout.buffer
if "--stillborn" in sys.argv:
    os.kill(os.getpid(), signal.SIGKILL)
if "--deaf" in sys.argv:
    time.sleep(600)
wire.send(
    answers, {"event": "ready", "info": {"runtime": "fake", "device": "cpu", "precision": "none"}}
)
while (message := wire.receive(sys.stdin.buffer)) is not None:
    request = message[0]
    if "cancel" in request:
        continue
    path = Path(request["path"])
    wire.send(answers, {"started": request["id"]})
    mark = path.with_suffix(".mark")
    if path.name.startswith("die-once") and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if path.name.startswith("die-always"):
        os.kill(os.getpid(), signal.SIGKILL)
    if path.name.startswith("stuck"):
        time.sleep(600)
    if path.name.startswith("slow"):
        time.sleep(0.3)
    logits = np.zeros(4, np.float32)
    wire.send(
        answers,
        {"id": request["id"], "milliseconds": 1.0, "judgement": None},
        {"logits": logits, "probabilities": logits + np.float32(0.25)},
    )
