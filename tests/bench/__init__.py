"""Benchmarks: `make bench`. Nothing here is collected as a test, and nothing is asserted by the clock."""
