"""The machine's door: what a person can do in the wizard, a program can do here."""
