"""The runbook's days, weeks and months: reviews as values with their verdicts, and the checklists that they tick.

Each review is read by SQL into frozen values, judged by pure functions, and told as tables, charts and sentences.
"""
