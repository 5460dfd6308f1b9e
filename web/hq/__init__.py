"""Headquarters' console: an application of its own, on its own port, for people at a desk."""
