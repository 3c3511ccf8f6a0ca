"""Windows about the encrypted store: its passphrase, its recovery key, backup and the way back."""
