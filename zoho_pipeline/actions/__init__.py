"""What a person may do, each with one implementation behind UI, command and page."""
