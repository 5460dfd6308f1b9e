"""The sample store: a neighbourhood grocer as data, and two years of trade through the real checkout."""
