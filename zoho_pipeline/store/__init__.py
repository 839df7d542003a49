"""The pipeline's own schema `zoho_pipeline`: its engine and its migrations. Each room owns its own tables."""
