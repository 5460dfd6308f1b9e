"""What the shop knows of a member: told to her, given to her, taken out for good; and how long anything is kept."""
