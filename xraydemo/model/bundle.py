"""A model on disk: timm's local folder (``config.json``, ``model.safetensors``) and its card."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError

from xraydemo.classes import CLASSES
from xraydemo.errors import BadBundle
from xraydemo.model.certificate import Certificate
from xraydemo.model.doubt import Doubt
from xraydemo.model.foreignness import Foreignness
from xraydemo.model.measured import Measured
from xraydemo.model.preprocess import PREPROCESSING_VERSION, Preprocessing
from xraydemo.model.sets import Sets
from xraydemo.model.triage import Triage

DEFAULT_BUNDLE = "cxr4-lite0"
CARD_SCHEMA = 1
CARD, CONFIG, WEIGHTS = "card.json", "config.json", "model.safetensors"
DOSSIER = "dossier.safetensors"


class Provenance(BaseModel):
    """Where a bundle comes from: enough to make it again, and to see what it was made of.

    Attributes
    ----------
    created : datetime
        When training ended.
    versions : dict of str to str
        Of the program and the libraries.
    data : dict
        The table's name and SHA-256, the fingerprint of the files' contents, and their number.
    split : dict
        Rows and groups of each part, and the seed.
    recipe : dict
        Every setting of the training.
    training : dict
        Minutes, epochs, device, why it stopped, and the curves.
    """

    model_config = ConfigDict(extra="forbid")

    created: datetime
    versions: dict[str, str]
    data: dict[str, Any]
    split: dict[str, Any]
    recipe: dict[str, Any]
    training: dict[str, Any]


class BundleCard(BaseModel):
    """What a bundle says of itself.

    Attributes
    ----------
    card_schema : int
        Version of this format.
    name, description, intended_use : str
        In plain words.
    classes : tuple of str
        Ids, in the order of the logits.
    preprocessing : Preprocessing
        From pixels to tensor.
    temperature : float
        The logits are divided by it before the softmax.
    heatmap_scale : float
        In logit per cell: what a heat map draws in full colour, the same for every X-ray.
    metrics : dict
        Measured on each part of the training table, by its name (``calibrate``: ``macro_f1``,
        ...), each with n and interval; ``test`` likewise, if the internal test was looked at;
        ``report``: what else was measured then, with its date; ``looks``: how often.
    provenance : Provenance
        Where it comes from.
    files : dict of str to str
        SHA-256 of the bundle's other files.
    sets : Sets, optional
        Prediction sets: the classes that can't be excluded, at a promised rate in each class.
    triage : Triage, optional
        The operating point for "not normal".
    doubt : Doubt, optional
        Where the network is called unsure between the classes.
    foreignness : Foreignness, optional
        Where an X-ray is called unlike the training set; the dossier holds what it is held to.
        These four come together; a bundle without them reads, but its readings aren't judged.
    certificate : Certificate, optional
        What was asked of its training.
    map_likeness : Measured, optional
        How alike its heat maps are to those of the same network with shuffled weights, in [0, 1].
    """

    model_config = ConfigDict(extra="forbid")

    card_schema: int = CARD_SCHEMA
    name: str
    description: str
    intended_use: str
    classes: tuple[str, ...] = CLASSES
    preprocessing: Preprocessing
    temperature: float
    heatmap_scale: float
    metrics: dict[str, Any]
    provenance: Provenance
    files: dict[str, str]
    sets: Sets | None = None
    triage: Triage | None = None
    doubt: Doubt | None = None
    foreignness: Foreignness | None = None
    certificate: Certificate | None = None
    map_likeness: Measured | None = None


@dataclass(frozen=True)
class Bundle:
    """A bundle that was found, with its card; made by `load_bundle`.

    Attributes
    ----------
    folder : Path
        Where it lies.
    card : BundleCard
        What it says of itself.
    """

    folder: Path
    card: BundleCard

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the card, which holds the hashes of the other files: it names the model."""
        return file_sha256(self.folder / CARD)

    def verify(self) -> None:
        """Hold the files to the hashes of the card.

        Raises
        ------
        BadBundle
            If a file is absent or was altered, or the card names no hash to hold the network to;
            the dossier alone may be absent.
        """
        for name in (CONFIG, WEIGHTS):
            if name not in self.card.files:
                raise BadBundle(
                    f"The card of the bundle {self.folder} has no hash of {name}",
                    "Install the bundle again, or train it anew",
                )
        for name, expected in self.card.files.items():
            path = self.folder / name
            if name == DOSSIER and not path.is_file():
                continue
            if not path.is_file():
                raise BadBundle(f"The bundle {self.folder} has no {name}", "Install it again")
            if file_sha256(path) != expected:
                message = f"{path} is not the file that the bundle's card describes"
                raise BadBundle(message, "Install the bundle again, or train it anew")


def load_bundle(name_or_path: str | Path = DEFAULT_BUNDLE) -> Bundle:
    """Find a bundle and read its card.

    Parameters
    ----------
    name_or_path : str or Path
        A folder, or the name of a bundle that ships with the program or lies in the user's data
        folder.

    Returns
    -------
    Bundle
        Its weights are neither read nor verified yet.

    Raises
    ------
    BadBundle
        If there is none, or its card is not one that this version can use.
    """
    folder = find_bundle(name_or_path)
    try:
        card = BundleCard.model_validate_json((folder / CARD).read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        message = f"The card {folder / CARD} can't be used: {where}: {first['msg']}"
        raise BadBundle(message, "It may come from another version of xraydemo") from error
    if card.preprocessing.version != PREPROCESSING_VERSION:
        raise BadBundle(
            f"The bundle {card.name} wants preprocessing {card.preprocessing.version}, "
            f"this program has {PREPROCESSING_VERSION}",
            "Train it anew with this version",
        )
    if card.classes != CLASSES:
        raise BadBundle(
            f"The bundle {card.name} answers {', '.join(card.classes)}",
            f"This program reads {', '.join(CLASSES)}, in this order",
        )
    return Bundle(folder, card)


def find_bundle(name_or_path: str | Path) -> Path:
    """Give the folder of a bundle; see `load_bundle`."""
    path = Path(name_or_path)
    for folder in [path, *(place / path for place in bundle_places())]:
        if (folder / CARD).is_file():
            return folder.resolve()
    known = ", ".join(sorted(folder.name for folder in list_bundles())) or "none"
    raise BadBundle(f"There is no bundle {str(name_or_path)!r}", f"Known are: {known}")


def bundle_places() -> list[Path]:
    """List the folders in which bundles are looked for: the user's, then the program's."""
    package = Path(__file__).resolve().parents[1]
    return [
        Path(platformdirs.user_data_dir("xraydemo", appauthor=False)) / "models",
        package / "bundles",  # of an installed wheel
        package.parent / "models",  # of a source tree
    ]


def list_bundles() -> list[Path]:
    """List the folders of all bundles that can be called by name."""
    return [card.parent for place in bundle_places() for card in sorted(place.glob(f"*/{CARD}"))]


def file_sha256(path: Path) -> str:
    """Give the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
