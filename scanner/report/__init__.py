"""Writers: each reads the report document and nothing else."""
