"""What to suggest to a member, and when to keep silent.

model   the tables and their arithmetic (forward decay), one purchase at a time
learn   sales into the tables in small batches, voids and consents out of them again, and the rebuild
gates   what is never suggested, as one pure function
suggest the best few that pass the gates, each with its reason
counter the one suggestion beside an open basket
"""
