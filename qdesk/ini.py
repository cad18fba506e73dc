"""Read .ini files as Qt's QSettings writes them, as plain text: nothing in them is ever unpickled or executed."""

from __future__ import annotations

import re

Value = str | bytes | list[str]

_TOKEN = re.compile(
    r'\\x(?P<hex>[0-9a-f]+)|\\(?P<octal>[0-7]{1,3})|\\(?P<sign>.)|(?P<quote>")|(?P<comma>,)|(?P<space>[ \t]+)'
    r'|(?P<plain>[^\\", \t]+)',
    re.IGNORECASE | re.DOTALL,
)
_BLANKS = " \t"  # what Qt counts as blank
_SIGNS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_IN_KEYS = re.compile(r"%U(?P<wide>[0-9a-f]{4})|%(?P<narrow>[0-9a-f]{2})", re.IGNORECASE)


def read(content: bytes) -> dict[str, Value]:
    """Return the entries by "section/key": text, bytes where Qt kept a QByteArray, or a list of texts.

    Lines that are not entries are skipped. So are values of Qt's other types, which only Qt can read.
    """
    entries: dict[str, Value] = {}
    section: str | None = ""
    for line in re.split(r"[\r\n]+", content.decode("utf-8-sig", "replace")):  # a value may hold other line ends
        line = line.strip(_BLANKS)
        if line.startswith("["):
            section = _key(line[1:-1]) if line.endswith("]") else None
        elif "=" in line and not line.startswith(";") and section is not None:
            name, _, text = line.partition("=")
            value = _value(_parts(text))
            if value is not None:
                entries["/".join(filter(None, (section, _key(name.strip(_BLANKS)))))] = value
    return entries


def _key(text: str) -> str:
    if text == "General":
        return ""
    return _IN_KEYS.sub(lambda found: chr(int(found["wide"] or found["narrow"], 16)), text.replace("\\", "/"))


def _value(parts: list[str]) -> Value | None:
    if len(parts) == 1 and parts[0].startswith("@ByteArray(") and parts[0].endswith(")"):
        return parts[0].removeprefix("@ByteArray(")[:-1].encode("latin-1", "replace")
    if parts == ["@Invalid()"]:  # also what an empty list becomes
        return []
    if any(part.startswith("@") and not part.startswith("@@") for part in parts):
        return None
    texts = [part.removeprefix("@") for part in parts]
    return texts[0] if len(texts) == 1 else texts


def _parts(text: str) -> list[str]:
    """Return the texts between the commas, without quotes and escapes. Outer blanks are dropped unless quoted."""
    parts, now, solid, quoted = [], "", 0, False
    for token in _TOKEN.finditer(text):
        if token["quote"]:
            quoted = not quoted
        elif token["comma"] and not quoted:
            parts.append(now[:solid] + now[solid:].rstrip(_BLANKS))
            now, solid = "", 0
            continue
        elif token["hex"]:
            now += chr(int(token["hex"], 16) & 0xFFFF)
        elif token["octal"]:
            now += chr(int(token["octal"], 8))
        elif token["sign"]:
            now += _SIGNS.get(token["sign"], token["sign"])
        elif not quoted and token["space"]:
            now += token[0] if now else ""
            continue
        else:
            now += token[0]
        solid = len(now)
    return [*parts, now[:solid] + now[solid:].rstrip(_BLANKS)]
