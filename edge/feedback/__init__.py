"""What customers say about the shop: taking it, finding its themes, and what the shop does about them."""
