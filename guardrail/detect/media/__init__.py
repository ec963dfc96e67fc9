"""Media: what a picture, a recording, a document or a template holds that the law protects."""
