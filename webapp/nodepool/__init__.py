"""The body of a node pool: its structure, its rules and its disks. Pure Python."""
