"""Health: one check a file, a runner that never hangs. `tillbox doctor` and the technician's page show the same."""
