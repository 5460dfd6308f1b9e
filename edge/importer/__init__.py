"""Import from CSV: products with prices and opening stock, staff, members. All refusals first, then all or nothing."""
