"""Documents, archives, pages and messages: the pictures and recordings that stand in them."""
