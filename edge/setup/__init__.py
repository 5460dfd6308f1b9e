"""Set-up of a new box: questions, a plan made of the answers, and what carries it out."""
