"""The wizard: six steps between a form and a body."""
