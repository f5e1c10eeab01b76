"""A region as a document: its form, what is checked about it, and what an allocation is made from."""
