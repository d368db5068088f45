"""Static files under names that hold their digest."""

from functools import cache

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped] # has no types


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Packed beforehand; a file's address is worked out once, though each page names several files."""

    def __init__(self) -> None:
        super().__init__()
        self.url = cache(super().url)
