"""Files and folders on any file system, and what is said where they cannot be reached."""

from __future__ import annotations

import pytest

from qdesk.places import PlaceError, has_wildcards, matching, place_of


def test_a_file_is_there_whole_or_not_at_all(tmp_path):
    place = place_of(tmp_path).within("deep/file")
    with pytest.raises(ZeroDivisionError), place.written() as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert not place.is_there() and not place_of(tmp_path).files()
    with place.written() as file:
        file.write(b"whole")
    assert place.read() == b"whole"
    assert [info.path for info in place_of(tmp_path).files()] == [str(tmp_path / "deep" / "file")]


def test_an_address_of_this_machine_is_a_path(tmp_path):
    (tmp_path / "a.ndjson").write_text("{}")
    place = place_of(f"file://{tmp_path}/a.ndjson")
    assert place.is_local and place.name == str(tmp_path / "a.ndjson") and place.read() == b"{}"


def test_patterns_of_names(tmp_path):
    for name in ("b.ndjson", "a.ndjson", "c.txt"):
        (tmp_path / name).touch()
    assert [place.path for place in matching(tmp_path / "*.ndjson")] == [
        str(tmp_path / name) for name in ("a.ndjson", "b.ndjson")
    ]
    (tmp_path / "what[1]").touch()
    assert not has_wildcards(tmp_path / "what[1]") and has_wildcards("s3://bucket/*.ndjson")
    assert not has_wildcards("s3://bucket/folder?region=here")
    with pytest.raises(PlaceError, match=r"Nothing is called .*\.npy"):
        matching(tmp_path / "*.npy")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("s3://key:secret@b/x?endpoint_override=127.0.0.1:9&scheme=http&region=r", "could not connect to server"),
        ("ftp://here/x", "unrecognized filesystem type"),
        ("hdfs://127.0.0.1:9/x", ""),
    ],
)
def test_what_cannot_be_reached_is_said_in_a_sentence(address, why):
    with pytest.raises(PlaceError) as raised:
        place_of(address).info()
    said = str(raised.value)
    assert "cannot be reached: " in said and why in said.lower() and "secret" not in said and said.endswith(".")
    assert len(said) < 150
