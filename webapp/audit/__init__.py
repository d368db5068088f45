"""Who did what: an append-only trail whose lines hang together by their hashes."""
