"""Journal to headquarters over MQTT: the box's side here, headquarters' side in ``sync.hq``."""
