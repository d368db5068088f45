"""The way in: home, sign-in, layout, health, errors."""
