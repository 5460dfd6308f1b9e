"""Promotions: rules that take something off, and the one engine that finds what is best for the customer.

`rules` says what a promotion is and reads it from its stored form, `kinds` how each kind takes money off, `engine` what
a basket's lines come to under all that are in force, `desk` where they are kept, `when` which of them count.
"""
