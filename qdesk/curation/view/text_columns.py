"""Columns of texts that hold for a million rows: few different texts as codes, all different ones as Arrow strings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class CategoricalColumn:
    """N texts of which few are different: `codes` (N,), unsigned, and `texts`, what each code stands for.

    A single index gives a text, an array of indices an object array of texts. One thread may `put` texts while others
    read.
    """

    def __init__(self, codes: np.ndarray, texts: Sequence[str]) -> None:
        self.codes = codes
        self.texts = list(texts)
        self._code_of = {text: code for code, text in enumerate(self.texts)}  # where a text stands twice, the last

    @classmethod
    def filled(cls, count: int, text: str = "", others: Sequence[str] = ()) -> CategoricalColumn:
        """`count` times `text`; `others` are texts to come."""
        return cls(np.zeros(count, np.uint8 if len(others) < 256 else np.uint16), [text, *others])

    @classmethod
    def of(cls, column: pa.ChunkedArray | pa.Array) -> CategoricalColumn:
        """An Arrow column of strings or of a dictionary of strings; "" where it is null."""
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        texts = column.dictionary.to_pylist()
        codes = column.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
        wide = np.uint8 if len(texts) < 256 else np.uint16 if len(texts) < 65536 else np.uint32
        return cls(codes.astype(wide), [*texts, ""])

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: np.ndarray | Sequence[int]) -> np.ndarray: ...
    def __getitem__(self, index: int | np.ndarray | Sequence[int]) -> str | np.ndarray:
        if isinstance(index, int | np.integer):
            return self.texts[self.codes[index]]
        codes, texts = self.read(index)
        return np.array(texts, object)[codes]

    def read(self, rows: np.ndarray | Sequence[int] | slice = slice(None)) -> tuple[np.ndarray, tuple[str, ...]]:
        """The codes of `rows`, a copy, and the texts: they fit together, whatever another thread puts in meanwhile."""
        codes = self.codes[rows].copy()  # first: a text is there before its code is
        return codes, tuple(self.texts)

    def put(self, indices: np.ndarray, texts: Sequence[str] | np.ndarray) -> None:
        """Put `texts` (n,) where `indices` (n,) say; texts not seen before get codes of their own."""
        if len(texts) == 1:
            self.codes[indices] = self._coded(texts[0] or "")
            return
        fresh = pa.array(texts, pa.string()).dictionary_encode()
        codes = np.array([*map(self._coded, fresh.dictionary.to_pylist()), self._coded("")])
        self.codes[indices] = codes[fresh.indices.fill_null(-1).to_numpy(zero_copy_only=False)]

    def _coded(self, text: str) -> int:
        code = self._code_of.get(text)
        if code is None:
            code = self._code_of[text] = len(self.texts)
            self.texts.append(text)
            if code > np.iinfo(self.codes.dtype).max:
                self.codes = self.codes.astype(np.uint32 if self.codes.dtype == np.uint16 else np.uint16)
        return code

    def counts(self, mask: np.ndarray | None = None) -> dict[str, int]:
        """How many rows have each text there is, those of `mask` (N,) alone if it is given."""
        codes, texts = self.read() if mask is None else self.read(mask)
        counts = dict.fromkeys(texts, 0)
        found = np.bincount(codes, minlength=len(texts))
        for text, count in zip(texts, found.tolist(), strict=True):  # a file may itself say ""
            counts[text] += count
        return counts

    def among(self, wanted: Collection[str]) -> np.ndarray:
        """bool (N,): whether the text is one of `wanted`."""
        codes, texts = self.read()
        return np.array([text in wanted for text in texts])[codes]


class IdentityColumn:
    """N identities, as an Arrow array of strings: 20 bytes each instead of a Python object."""

    def __init__(self, names: pa.Array | Sequence[str], unique: bool | None = None) -> None:
        """unique: whether no identity occurs twice, for one who knows."""
        if isinstance(names, pa.ChunkedArray):
            names = names.combine_chunks()
        self.arrow = names if isinstance(names, pa.Array) else pa.array(names, pa.string())
        if unique is not None:
            self.unique = unique

    def __len__(self) -> int:
        return len(self.arrow)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: np.ndarray) -> np.ndarray: ...
    def __getitem__(self, index: int | np.ndarray | Sequence[int]) -> str | np.ndarray:
        if isinstance(index, int | np.integer):
            return self.arrow[int(index)].as_py()
        index = np.asarray(index)
        chosen = self.arrow.filter(pa.array(index)) if index.dtype == bool else self.arrow.take(pa.array(index))
        return chosen.to_numpy(zero_copy_only=False)

    def find(self, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Where these identities are (nowhere, once, or several times): int64 (n,) rows, and positions in `names`."""
        if not len(names):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        if len(names) == 1:
            rows = pc.indices_nonzero(pc.equal(self.arrow, names[0])).to_numpy().astype(np.int64)
            return rows, np.zeros(len(rows), np.int64)
        places = pc.index_in(self.arrow, value_set=pa.array(names, pa.string()))
        rows = pc.indices_nonzero(pc.is_valid(places)).to_numpy().astype(np.int64)
        return rows, places.to_numpy(zero_copy_only=False)[rows].astype(np.int64)

    def twins(self, rows: np.ndarray) -> np.ndarray:
        """int64: `rows`, and all others with one of their identities."""
        return np.asarray(rows, np.int64) if self.unique else self.find(list(dict.fromkeys(self[rows])))[0]

    @cached_property
    def unique(self) -> bool:
        """Whether no identity occurs twice."""
        return len(self.arrow.dictionary_encode().dictionary) == len(self.arrow)

    def containing(self, text: str) -> np.ndarray:
        """bool (N,): whether `text` occurs in them, upper or lower case."""
        return pc.match_substring(self.arrow, text, ignore_case=True).to_numpy(zero_copy_only=False)
