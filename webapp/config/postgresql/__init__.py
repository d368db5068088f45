"""PostgreSQL as Django's engine, with documents kept as they were given."""
