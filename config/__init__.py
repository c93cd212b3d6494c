"""What can be configured: one TOML file, read, checked and edited. Nothing here talks to a network or the ledger."""
