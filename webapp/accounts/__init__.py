"""People, and the cloud session that one of them has in one browser."""
