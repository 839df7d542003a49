"""The commands of `zoho-pipeline`, one file each. What they do is elsewhere: here is what a person types and sees."""
