"""Leaf helpers that every room may import: no rules, no models."""
