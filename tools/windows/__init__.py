"""The packages for Windows, built and tried out on Linux: `tools/package_windows.py` and `tools/package_windows_test.py` stand on it."""
