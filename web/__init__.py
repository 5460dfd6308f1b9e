"""The screens: Flask on waitress, loopback only, one blueprint an audience."""
