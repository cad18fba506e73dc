"""How much memory files may take."""

from __future__ import annotations

import pytest

from qdesk import memory, settings


@pytest.mark.parametrize(
    ("text", "size"), [("8G", 8 << 30), ("1500 MB", 1500 << 20), ("0.5g", 1 << 29), ("100000000", 100_000_000)]
)
def test_sizes(text: str, size: int) -> None:
    assert memory.parse(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1G", "1M", "8 apples", "9" * 30, "1e9G"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="no size of memory"):
        memory.parse(text)


def test_the_environment_comes_before_the_setting_and_that_before_the_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(memory.NAME, raising=False)
    memory._allowed.cache_clear()
    assert memory.allowed() == int(memory.SHARE * memory.of_machine())
    settings.change(settings.Files, memory="3G")
    memory._allowed.cache_clear()
    assert memory.allowed() == 3 << 30
    monkeypatch.setenv(memory.NAME, "1G")
    assert memory.allowed() == 1 << 30
    memory._allowed.cache_clear()


def test_what_is_in_use_grows() -> None:
    before = memory.in_use()
    kept = b"x" * (200 << 20)
    assert memory.in_use() > before and len(kept)
