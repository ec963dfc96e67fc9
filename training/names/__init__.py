"""Training text for the model of names: word lists, forms of names, templates, a generator."""
