"""Weight files: safetensors, with the network's kind, shape and words as JSON in the header."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, overload

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes

from qdesk.files import atomic_write
from qdesk.nets.classifier import Classifier
from qdesk.nets.junk import JunkNetwork
from qdesk.nets.letters import LetterNetwork
from qdesk.nets.pixels import PixelNetwork
from qdesk.nets.projection import Projection
from qdesk.nets.sketchrnn import SketchRNN

Network = Classifier | JunkNetwork | LetterNetwork | PixelNetwork | Projection | SketchRNN
KINDS: dict[str, type[Network]] = {
    "classifier": Classifier, "junk": JunkNetwork, "letters": LetterNetwork, "pixels": PixelNetwork,
    "projection": Projection, "sketchrnn": SketchRNN,
}  # fmt: skip


class WeightsError(ValueError):
    """A weight file cannot be used. The message says why."""


def save(network: Network, path: Path, half: bool = False, **about: object) -> None:
    """Write `network` to `path`, whole or not at all. A missing folder is created.

    half: whether to store float16, which is read back as float32, but for what a network names in `EXACT`.
    about: facts for the header, written as JSON.
    """
    kind = next(name for name, cls in KINDS.items() if isinstance(network, cls))
    header = {"kind": kind, "config": json.dumps(network.config()), "about": json.dumps(about)}
    tensors, exact = {}, getattr(network, "EXACT", ())
    for name, tensor in network.state_dict().items():
        tensor = tensor.detach().cpu().contiguous()
        tensors[name] = tensor.half() if half and tensor.is_floating_point() and not name.startswith(exact) else tensor
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part:
        part.write_bytes(to_bytes(tensors, header))


@overload
def load(path: Path, kind: Literal["classifier"]) -> Classifier: ...
@overload
def load(path: Path, kind: Literal["junk"]) -> JunkNetwork: ...
@overload
def load(path: Path, kind: Literal["letters"]) -> LetterNetwork: ...
@overload
def load(path: Path, kind: Literal["pixels"]) -> PixelNetwork: ...
@overload
def load(path: Path, kind: Literal["projection"]) -> Projection: ...
@overload
def load(path: Path, kind: Literal["sketchrnn"]) -> SketchRNN: ...
def load(path: Path, kind: str) -> Network:
    """Return the network of a weight file, in eval mode.

    Raises WeightsError for a file that is missing or not a weight file, of another kind, or with other layers.
    """
    header = about(path)
    if header["kind"] != kind:
        raise WeightsError(f"{path} holds a {header['kind']}, not a {kind}")
    with safe_open(path, "pt") as file:
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    try:
        network = KINDS[kind].from_config(header["config"])
        wanted = network.state_dict()
        network.load_state_dict({name: tensor.to(wanted[name].dtype) for name, tensor in state.items()})
    except (KeyError, TypeError, RuntimeError):  # missing, unknown or other layers
        raise WeightsError(f"{path} is of another version of qdesk: its {kind} has other layers") from None
    return network.eval()


def start_from(network: Classifier | SketchRNN, path: Path) -> None:
    """Give `network` the weights of a file, to train on from there. A layer that the file lacks stays as it is.

    So do the outputs of kinds that the file does not know: it may have been taught before they were added.
    Raises WeightsError where the file's words or shape differ.
    """
    given = load(path, "classifier" if isinstance(network, Classifier) else "sketchrnn")
    if given.words != network.words:
        raise WeightsError(f"{path} knows other words than this data has")
    if given.shape != network.shape:
        raise WeightsError(f"{path} has another shape: {given.shape}, not {network.shape}")
    own, state = network.state_dict(), given.state_dict()
    if isinstance(given, SketchRNN) and isinstance(network, SketchRNN) and given.kinds:
        same = [kind for kind in given.kinds if kind in network.kinds]
        theirs, mine = ([kinds.index(kind) for kind in same] for kinds in (given.kinds, network.kinds))
        for name in ("kind.2.weight", "kind.2.bias"):
            state[name] = own[name].index_copy(0, torch.tensor(mine), state[name][theirs])
    network.load_state_dict({**own, **state})


def about(path: Path) -> dict:
    """Return the header of a weight file: kind, config, and the facts that training wrote. Raises WeightsError."""
    if path.is_dir():
        raise WeightsError(f"{path} is a folder; choose a file in it")
    try:
        with safe_open(path, "pt") as file:
            header = file.metadata() or {}
    except FileNotFoundError:
        raise WeightsError(f"there is no weight file {path}") from None
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} is not a weight file: {error}") from None
    if header.get("kind") not in KINDS:
        raise WeightsError(f"{path} is a safetensors file, but not one of qdesk's")
    try:
        told = {name: json.loads(header.get(name, "{}")) for name in ("config", "about")}
    except ValueError:
        told = {}
    if not told or not isinstance(told["config"], dict) or not told["config"]:
        raise WeightsError(f"{path} does not say what its network looks like")
    return {"kind": header["kind"], **told}
