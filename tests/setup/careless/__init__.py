"""An app whose second migration breaks a site that runs: what still writes the old column fails."""
