"""The personal link: made, shown, drawn as a QR code, copied."""
