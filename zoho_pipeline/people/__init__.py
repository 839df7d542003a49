"""The people of the pipeline: who may sign in, and what each may do. For commands and pages alike."""
