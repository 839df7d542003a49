"""The sign-off of a month: prepared by one person, approved by another, on a snapshot that is kept, with a trail."""
