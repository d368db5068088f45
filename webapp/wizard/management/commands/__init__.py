"""Commands about drafts and presets."""
