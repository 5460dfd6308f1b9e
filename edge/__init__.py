"""The store's rules and data: no hardware, no HTTP, no MQTT."""
