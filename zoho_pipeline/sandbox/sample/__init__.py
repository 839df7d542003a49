"""A seeded sample ISP of any size, the same story on both sides, and the truth about it."""
