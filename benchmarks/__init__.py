"""What is claimed about speed and size, measured: each module is a command that ends with status 1 if a claim fails."""
