"""The methods by name. Each learns from pictures, and then gives the probability of each word for others."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier

from qdesk.replications import networks

Predict = Callable[[np.ndarray], np.ndarray]
"""A function from pictures, uint8 (N, 28, 28), ink 255, to the probabilities of all words, float (N, words)."""

Method = Callable[[np.ndarray, np.ndarray, int], Predict]
"""A function that learns from pictures, uint8 (N, 28, 28), labels, int64 (N,), that have every word, and a seed."""


def _scikit(make: Callable[[int], Any]) -> Method:
    """Return the method of one of scikit-learn's classifiers on 784 pixels from 0 to 1. make: is given the seed."""

    def learn(images: np.ndarray, labels: np.ndarray, seed: int) -> Predict:
        model = make(seed)
        with warnings.catch_warnings():  # the MLP warns when it stops at 200 passes, scikit-learn's default limit
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(_flat(images), labels)
        return lambda others: model.predict_proba(_flat(others))

    return learn


def _network(make: Callable[[int], torch.nn.Sequential], **how: Any) -> Method:
    """Return the method of one of `qdesk.replications.networks`. how: options of `networks.learn`."""

    def learn(images: np.ndarray, labels: np.ndarray, seed: int) -> Predict:
        torch.manual_seed(seed)
        network = make(int(labels.max()) + 1)
        networks.learn(network, _pixels(images), torch.from_numpy(labels), **how)

        @torch.inference_mode()
        def predict(others: np.ndarray) -> np.ndarray:
            parts = [network(part) for part in _pixels(others).split(1024)]
            return torch.softmax(torch.cat(parts), dim=1).numpy()

        return predict

    return learn


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float32) / 255


def _pixels(images: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(images)[:, None].float() / 255


METHODS: dict[str, Method] = {
    "random forest": _scikit(lambda seed: RandomForestClassifier(n_estimators=100, random_state=seed)),
    "nearest neighbours": _scikit(lambda seed: KNeighborsClassifier(n_neighbors=5)),
    "MLP": _scikit(lambda seed: MLPClassifier((100, 100), learning_rate_init=0.001, random_state=seed)),
    "CNN": _network(networks.kradolfer_cnn),
    "fully connected": _network(networks.deis_fully_connected, copies=True),
    "fully connected, without copies": _network(networks.deis_fully_connected),
    "small CNN": _network(networks.deis_cnn, copies=True),
    "stopped CNN": _network(networks.bergman_cnn, l2=networks.BERGMAN_L2, stop=True),
}
