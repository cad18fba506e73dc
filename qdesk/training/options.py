"""The options of `qdesk train`, apart from the loops, so that `--help` needs no torch."""

from __future__ import annotations

import argparse
from pathlib import Path


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, nargs="+", required=True, metavar="DIR", help="folders of drawings to train on"
    )
    parser.add_argument(
        "--extra",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="folders of auxiliary drawings, never validated on",
    )
    parser.add_argument("--words", metavar="A,B,C", help="only these words (default: all that occur)")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="the weight file to write (.safetensors)"
    )
    parser.add_argument(
        "--epochs", type=int, default=20, metavar="N", help="passes over the data (default: %(default)s)"
    )
    parser.add_argument("--minutes", type=float, metavar="M", help="stop after M minutes; the schedule is fitted to it")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="of every random choice (default: %(default)s)"
    )
    parser.add_argument("--batch", type=int, default=512, metavar="N", help="drawings a step (default: %(default)s)")
    parser.add_argument(
        "--rate", type=float, default=2e-3, metavar="R", help="highest learning rate (default: %(default)s)"
    )
    parser.add_argument(
        "--workers", type=int, default=2, metavar="N", help="processes that prepare data (default: %(default)s)"
    )
    parser.add_argument("--resume", action="store_true", help="go on from FILE's checkpoint")
    parser.add_argument("--start", type=Path, metavar="FILE", help="begin with the weights of FILE")


def classifier_arguments(parser: argparse.ArgumentParser) -> None:
    _common(parser)


def sketchrnn_arguments(parser: argparse.ArgumentParser) -> None:
    _common(parser)
    parser.add_argument("--hidden", type=int, default=256, metavar="N", help="LSTM units (default: %(default)s)")
