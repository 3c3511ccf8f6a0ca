"""The trainer's windows. Import Qt and `app.ui` only; loaded in training alone."""
