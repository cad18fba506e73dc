from __future__ import annotations

import numpy as np

from qdesk.curation.view.table import Table
from qdesk.data.drawings import Drawings
from qdesk.game.similar_drawings import SimilarDrawings, of_table, starter_others

LINE = [np.array([[0, 0], [9, 9]], np.float32)]


def others(words: list[str], **changes: object) -> SimilarDrawings:
    """Drawings whose embeddings turn away from the first axis, one by one."""
    count = len(words)
    angles = np.linspace(0, 1.5, count)
    embeddings = np.zeros((count, 64), np.int8)
    embeddings[:, 0], embeddings[:, 1] = np.rint(127 * np.cos(angles)), np.rint(127 * np.sin(angles))
    return SimilarDrawings(
        "them", Drawings.from_strokes([LINE] * count, word=words), embeddings, np.ones(count, bool), **changes
    )


FIRST = np.zeros(64, np.int8)
FIRST[0] = 127


def test_the_nearest_have_the_same_word_if_there_are_enough():
    these = others(["cat", "owl", "cat", "owl", "owl"])
    indices, likeness, same = these.nearest(FIRST, "owl", 2)
    assert indices.tolist() == [1, 3] and same
    assert 1 > likeness[0] > likeness[1] > 0


def test_the_nearest_are_of_all_words_where_too_few_have_the_word():
    these = others(["cat", "owl", "cat", "owl", "owl"])
    indices, likeness, same = these.nearest(FIRST, "cat", 3)
    assert indices.tolist() == [0, 1, 2] and not same
    assert likeness[0] == 1
    assert these.nearest(FIRST, "", 2)[2] is False


def test_drawings_without_an_embedding_are_not_shown():
    these = others(["owl"] * 4)
    these.known[:3] = False
    indices, _, same = these.nearest(FIRST, "owl", 3)
    assert indices.tolist() == [3] and not same


def test_the_share_of_drawings_with_a_lower_loss_is_counted():
    these = others(["owl"] * 4 + ["cat"], losses=np.array([1, 2, 3, np.nan, 0], np.float32))
    share, count = these.share_below(2.5, "owl")
    assert share == 2 / 3 and count == 3
    assert these.share_below(2.5, "dog")[1] == 0
    assert np.isnan(others(["owl"]).share_below(1, "owl")[0])


def test_only_the_scored_drawings_of_curate_are_compared():
    table = Table(Drawings.from_strokes([LINE] * 3, word=["owl"] * 3), ["a", "b", "c"])
    assert of_table(table, "owls.ndjson") is None
    embeddings = np.tile(FIRST, (2, 1))
    table.add_scores(np.array([0, 2]), {"loss_per_point": np.array([7.0, 8.0]), "embedding": embeddings})
    found = of_table(table, "owls.ndjson")
    assert found.known.tolist() == [True, False, True] and not found.made
    assert found.losses[[0, 2]].tolist() == [7.0, 8.0]
    table.add_scores(np.array([1]), {"loss_per_point": np.array([9.0]), "embedding": embeddings[:1]})
    assert found.known.tolist() == [True, False, True]  # as it was when it was asked for


def test_the_starter_set_is_drawn_by_a_network_and_read_once():
    class Reads:
        asked = 0

        def read(self, drawings: Drawings) -> tuple[None, np.ndarray]:
            self.asked += 1
            return None, np.tile(FIRST, (len(drawings), 1))

    guesser = Reads()
    found = starter_others(guesser)
    assert found.made and starter_others(guesser) is found and guesser.asked == 1
    assert all(str(key).startswith("9000") for key in found.drawings.column("key_id"))  # none of its planted junk
    assert len(found.drawings) > 400
    starter_others.cache_clear()
