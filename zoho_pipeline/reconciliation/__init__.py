"""CircleTel against Zoho, month by month: every record and every cent explained."""
