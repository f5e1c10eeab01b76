"""The same requests in a process of its own: what follows from chance, such as the order of a set, shows there."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from andel.sdk.cost import CostModel, CostRequest
from andel.sdk.testing.verdict import CheckError

SEEDS = (1, 2)
"""Hash seeds: under each, a set of texts stands in another order."""
_SECONDS = 120
_TOLD = 400
_CHILD = """
import pickle, sys
model, asked = pickle.load(sys.stdin.buffer)
print(*(model.allocate(request, settings).workings.digest for settings, request in asked))
"""

Sample = tuple[Any, CostRequest, str]
"""Settings, request and the digest of the workings that the model gave here."""


def same_elsewhere(model: CostModel[Any], samples: Sequence[Sample]) -> None:
    """Make sure that the model gives the same workings in another process.

    Raises:
        CheckError: it does not, or cannot be taken to another process at all.
    """
    try:
        sent = pickle.dumps((model, [(settings, request) for settings, request, _ in samples]))
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        message = f"The model cannot be taken to another process: {error}."
        raise CheckError(message) from None
    for seed in SEEDS:
        for (_, request, here), there in zip(samples, _run(sent, seed), strict=True):
            if here != there:
                message = f"Another process gives other workings of {request.amount} for {request.period}: {request}."
                raise CheckError(message)


def _run(sent: bytes, seed: int) -> list[str]:
    path = os.pathsep.join(filter(None, (*sys.path, str(Path.cwd()))))
    environment = os.environ | {"PYTHONHASHSEED": str(seed), "PYTHONPATH": path}
    command = [sys.executable, "-c", _CHILD]
    done = subprocess.run(  # noqa: S603  (this interpreter and a constant)
        command, input=sent, env=environment, capture_output=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        message = f"In a process of its own the model fails: {done.stderr.decode(errors='replace')[-_TOLD:].strip()}"
        raise CheckError(message)
    return done.stdout.decode().split()
