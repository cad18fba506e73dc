"""Columns of texts for a million rows: few different texts as codes, many different ones as Arrow strings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class CategoricalColumn:
    """N texts of which few are different: `codes` (N,), unsigned, and `texts`, which the codes stand for.

    An index gives a text, an array of indices an object array of texts. One thread may `put` texts while others read.
    """

    def __init__(self, codes: np.ndarray, texts: Sequence[str]) -> None:
        self.codes = codes
        self.texts = list(texts)
        self._code_of = {text: code for code, text in enumerate(self.texts)}  # where a text comes twice, its last code

    @classmethod
    def filled(cls, count: int, text: str = "", others: Sequence[str] = ()) -> CategoricalColumn:
        """Return a column of `count` times `text`. others: texts that will be put in later."""
        return cls(np.zeros(count, np.uint8 if len(others) < 256 else np.uint16), [text, *others])

    @classmethod
    def of(cls, column: pa.ChunkedArray | pa.Array) -> CategoricalColumn:
        """Convert an Arrow column of strings or of a dictionary of strings; null becomes ""."""
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
        """Return a copy of the codes of `rows`, and texts that fit them, also while another thread puts texts in."""
        codes = self.codes[rows].copy()  # before the texts, because `put` adds a text before it uses its code
        return codes, tuple(self.texts)

    def put(self, indices: np.ndarray, texts: Sequence[str] | np.ndarray) -> None:
        """Put `texts` (n,), or one text for all, at `indices` (n,). New texts get new codes."""
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
        """Count the rows per text, among those of `mask`, bool (N,), where it is given."""
        codes, texts = self.read() if mask is None else self.read(mask)
        counts = dict.fromkeys(texts, 0)
        found = np.bincount(codes, minlength=len(texts))
        for text, count in zip(texts, found.tolist(), strict=True):  # "" comes twice where the file itself has it
            counts[text] += count
        return counts

    def among(self, wanted: Collection[str]) -> np.ndarray:
        """Return whether each text is one of `wanted`, bool (N,)."""
        codes, texts = self.read()
        return np.array([text in wanted for text in texts])[codes]


class IdentityColumn:
    """N identities as an Arrow array of strings, which takes 20 bytes per identity instead of a Python object."""

    def __init__(self, names: pa.Array | Sequence[str], unique: bool | None = None) -> None:
        """unique: whether no identity occurs twice, where that is known."""
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
        """Find these identities, each nowhere, once or more often: rows, int64 (n,), and their positions in `names`."""
        if not len(names):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        if len(names) == 1:
            rows = pc.indices_nonzero(pc.equal(self.arrow, names[0])).to_numpy().astype(np.int64)
            return rows, np.zeros(len(rows), np.int64)
        places = pc.index_in(self.arrow, value_set=pa.array(names, pa.string()))
        rows = pc.indices_nonzero(pc.is_valid(places)).to_numpy().astype(np.int64)
        return rows, places.to_numpy(zero_copy_only=False)[rows].astype(np.int64)

    def twins(self, rows: np.ndarray) -> np.ndarray:
        """Return `rows` and all other rows with one of their identities, int64."""
        return np.asarray(rows, np.int64) if self.unique else self.find(list(dict.fromkeys(self[rows])))[0]

    @cached_property
    def unique(self) -> bool:
        """Whether no identity occurs twice."""
        return len(self.arrow.dictionary_encode().dictionary) == len(self.arrow)

    def containing(self, text: str) -> np.ndarray:
        """Return whether `text` occurs in each identity, in upper or lower case, bool (N,)."""
        return pc.match_substring(self.arrow, text, ignore_case=True).to_numpy(zero_copy_only=False)
