"""Fields an organisation adds to a record in the browser; everything that reads a description shows them.

`extended(record, organisation_id)` is the record as it is there: its own fields follow the described ones.
"""
