"""What the address of a list asks for: filters, columns, order, page. Checked before anything is read."""
