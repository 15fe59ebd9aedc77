"""The only writers of what an organisation sets up: work types, rates, yearly tables, chains and desks.

Every function writes its line of the change log in its own transaction and raises `Invalid`, with a message
per field, when a rule refuses. The signatures are those of a record description: create(values,
organisation_id, actor_id), update(row_id, values, actor_id), remove(row_id, actor_id); a child's create takes
its parent's id among the values.
"""
