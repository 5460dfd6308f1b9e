"""The manager's API: what may be asked is one table, what each call takes and gives stands beside its function."""
