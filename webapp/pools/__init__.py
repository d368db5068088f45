"""Node pools: sent once, then watched."""
