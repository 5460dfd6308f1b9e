"""Import from tables (CSV, XLSX): products with prices and opening stock, prices, stock, members, staff.

A screen or a command goes this way: work.start() notes the import; `with Work(box, uid)` and step() until it is False;
jobs.status(), jobs.refusals() and jobs.refused_table() tell how it stands; work.go_on() writes the good rows after a
check that found refusals, work.cancel() gives up. After a kill the same `Work` goes on where it was.
"""
