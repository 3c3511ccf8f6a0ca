"""Windows for calendar files and tables: taking appointments over, the file for Outlook, CSV."""
