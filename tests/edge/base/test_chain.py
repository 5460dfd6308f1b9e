"""The chain of hashes, written down a second time: box and headquarters must mean the same bytes for ever."""

from __future__ import annotations

from hashlib import sha256

import pytest

from edge.base.chain import HASH_BYTES, chain_hash, genesis, private_digest, source_name

SOURCE = "/tillbox/demo/box-1/1-0a1b2c3d/a"


def test_a_stream_begins_at_the_hash_of_its_source() -> None:
    assert source_name("demo", "box-1", "1-0a1b2c3d", "a") == SOURCE
    assert genesis(SOURCE) == sha256(SOURCE.encode()).digest()


def test_an_events_hash_covers_what_was_before_its_place_its_words_and_its_private_digest() -> None:
    prev, body, digest = genesis(SOURCE), '{"a":"中"}'.encode(), private_digest(b"salt", "private")
    assert digest == sha256(b"saltprivate").digest()
    assert chain_hash(prev, "a", 12, body, digest) == sha256(prev + b"a12" + body + digest).digest()
    assert chain_hash(prev, "a", 12, body, None) == sha256(prev + b"a12" + body).digest()
    assert len(chain_hash(prev, "a", 12, body, None)) == HASH_BYTES


@pytest.mark.parametrize(
    "change", [{"stream": "b"}, {"seq": 3}, {"body": b"y"}, {"digest": b"d" * 32}, {"prev": b"q" * 32}]
)
def test_a_change_anywhere_changes_it(change: dict[str, object]) -> None:
    given = {"prev": b"p" * 32, "stream": "a", "seq": 2, "body": b"x", "digest": None}
    assert chain_hash(**given) != chain_hash(**{**given, **change})  # type: ignore[arg-type]
