"""Devices and their simulated twins. Knows bytes and cables, nothing of sales."""
