"""How long X-rays wait to be read: a simulated worklist with one reader."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

Minutes = NDArray[np.float64]


def waiting_times(arrivals: Minutes, durations: Minutes, first: NDArray[np.bool_]) -> Minutes:
    """Give how long each X-ray waits until its reading begins.

    One reader takes the X-rays marked `first` before the others, and among equals the one that came
    earlier; a reading that was begun is finished.

    Parameters
    ----------
    arrivals : ndarray, shape (n,)
        In minutes, rising.
    durations : ndarray, shape (n,)
        How long each takes to read, in minutes.
    first : ndarray of bool, shape (n,)
        All alike is first in, first out.

    Returns
    -------
    ndarray, shape (n,)
        In minutes.
    """
    waits = np.zeros(len(arrivals))
    urgent: deque[int] = deque()
    others: deque[int] = deque()
    clock, coming = 0.0, 0
    for _ in range(len(arrivals)):
        if not urgent and not others:
            clock = max(clock, arrivals[coming])
        while coming < len(arrivals) and arrivals[coming] <= clock:
            (urgent if first[coming] else others).append(coming)
            coming += 1
        now = (urgent or others).popleft()
        waits[now] = clock - arrivals[now]
        clock += durations[now]
    return waits


def a_day(
    generator: np.random.Generator, *, hours: float, load: float, minutes: float
) -> tuple[Minutes, Minutes]:
    """Draw a working day: X-rays arrive at random, and take various times to read.

    Parameters
    ----------
    generator : numpy.random.Generator
    hours : float
        How long X-rays arrive; the day begins with an empty worklist, and all are read.
    load : float
        The share of the reader's time that is asked for, in (0, 1).
    minutes : float
        What a reading takes on average; the times are exponentially distributed.

    Returns
    -------
    arrivals, durations : ndarray, shape (n,)
        In minutes; a Poisson process of ``load / minutes`` a minute.
    """
    n = generator.poisson(hours * 60 * load / minutes)
    return np.sort(generator.uniform(0, hours * 60, n)), generator.exponential(minutes, n)
