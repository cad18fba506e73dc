"""Weight files: safetensors, with the network's kind, shape and words as JSON in the header."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Literal, overload

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes

from qdesk.checked import check, parse
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
    try:
        with safe_open(path, "pt") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118 (no mapping)
            _check_config(header["config"], shapes)
            with torch.device("meta"):  # nothing is allocated before the file is known to fill it
                wanted = KINDS[kind].from_config(header["config"]).state_dict()
            if {name: tuple(tensor.shape) for name, tensor in wanted.items()} != shapes:
                raise TypeError("other layers")
            network = KINDS[kind].from_config(header["config"])
            network.load_state_dict({name: file.get_tensor(name).to(wanted[name].dtype) for name in shapes})
        _check_numbers(network)
    except ValueError as error:
        raise WeightsError(f"{path} is not a {kind} of qdesk: {error}") from None
    except (KeyError, TypeError, RuntimeError, AttributeError, IndexError, OverflowError, SafetensorError):
        # missing, unknown or other layers
        raise WeightsError(f"{path} is of another version of qdesk: its {kind} has other layers") from None
    return network.eval()


def _check_config(config: dict, shapes: dict[str, tuple[int, ...]]) -> None:
    """Raise ValueError where a network's description cannot be that of tensors of these shapes.

    No width is larger than the largest side of a tensor, and no count of layers than the number of tensors.
    """
    most = max([len(shapes), *(side for shape in shapes.values() for side in shape)], default=0)
    check(config.get("words", []), [str], "words")
    told = [(name, value) for name, value in config.items() if name not in ("words", "about")]
    while told:
        name, value = told.pop()
        if isinstance(value, dict):
            told += value.items()
        elif isinstance(value, list):
            told += [(name, one) for one in value]
        elif isinstance(value, int | float):
            whole = isinstance(value, int)
            if not (0 <= value <= most if whole else math.isfinite(value)) or name == "scale" and value <= 0:
                raise ValueError(f"its {name} is {value if not whole or value < 1 << 64 else 'huge'}")
        elif not isinstance(value, str):
            raise ValueError(f"its {name} is {type(value).__name__}")


def _check_numbers(network: Network) -> None:
    """Raise ValueError where weights are no numbers, or lead out of the network."""
    for name, tensor in network.state_dict().items():
        if tensor.is_floating_point() and tensor.isnan().any():
            raise ValueError(f"{name} holds numbers that are none")
    if isinstance(network, JunkNetwork):
        network.check()


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
        told = {name: parse(header.get(name, "{}"), {}) for name in ("config", "about")}
    except ValueError:
        told = {}
    if not told or not told["config"]:
        raise WeightsError(f"{path} does not say what its network looks like")
    return {"kind": header["kind"], **told}
