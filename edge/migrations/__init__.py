"""Schema steps in numeric order, run by edge.db.migrate under its lock, after a backup."""
