"""Our own people, ground and goods: users, lines, territories, postings, products.
In pharma speech "accounts" may also mean customers; here it never does."""
