"""Points as something to spend: lots, how they are spent, given back, corrected, handed on, and how they expire."""
